/// A length of time as people type it: `90s`, `15m`, `26h`, `2d`, `1h30m`.
struct TimeSpan: Equatable, CustomStringConvertible {
    let milliseconds: Int64

    private static let units: [(name: Character, milliseconds: Int64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000),
    ]

    init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// Reads one or more numbers with their units, from the largest unit to the smallest; nil where it
    /// is anything else, or too long for a number.
    init?(_ text: String) {
        var (total, digits) = (Int64(0), "")
        var units = Self.units[...]
        for character in text {
            if character.isASCII, character.isNumber {
                digits.append(character)
                continue
            }
            guard let number = Int64(digits),
                let index = units.firstIndex(where: { $0.name == character })
            else { return nil }
            let (part, isTooLong) = number.multipliedReportingOverflow(
                by: units[index].milliseconds)
            let (sum, isTooMuch) = total.addingReportingOverflow(part)
            guard !isTooLong, !isTooMuch else { return nil }
            (total, digits, units) = (sum, "", units[(index + 1)...])
        }
        guard digits.isEmpty, !text.isEmpty else { return nil }
        milliseconds = total
    }

    /// `1d2h`; what is shorter than a second is left out.
    var description: String {
        var rest = milliseconds
        let parts = Self.units.compactMap { unit -> String? in
            let count = rest / unit.milliseconds
            rest %= unit.milliseconds
            return count == 0 ? nil : "\(count)\(unit.name)"
        }
        return parts.isEmpty ? "0s" : parts.joined()
    }
}
