/// A decimal number with a fixed count of places, held exactly: `Fixed<2>` is money.
///
/// JSON carries it as a string (`"1000000.00"`), because most readers of JSON make a number binary
/// floating point. It is read from a string or a number, of no more places than it has.
public struct Fixed<let places: Int>: Hashable, Sendable, Comparable {
    /// The value times 10 to the power of `places`.
    public var units: Int64

    public init(units: Int64) {
        self.units = units
    }

    public static func < (left: Fixed, right: Fixed) -> Bool {
        left.units < right.units
    }
}

/// An amount of money, to the hundredth.
public typealias Money = Fixed<2>

extension Fixed: LosslessStringConvertible {
    public var description: String {
        var digits = String(units.magnitude)
        if places > 0 {
            let missing = places + 1 - digits.utf8.count
            digits = String(repeating: "0", count: Swift.max(0, missing)) + digits
            digits.insert(".", at: digits.index(digits.endIndex, offsetBy: -places))
        }
        return units < 0 ? "-" + digits : digits
    }

    /// Reads `[-]digits[.digits]`, and `-0` as zero; nil otherwise.
    ///
    /// Places beyond the type's must be zeros, and the value must fit.
    public init?(_ text: String) {
        var bytes = Substring(text).utf8
        let negative = bytes.first == UInt8(ascii: "-")
        if negative { bytes.removeFirst() }
        var value: Int64 = 0
        var seen: (digits: Int, places: Int?) = (0, nil)
        for byte in bytes {
            if byte == UInt8(ascii: "."), seen.places == nil, seen.digits > 0 {
                seen.places = 0
                continue
            }
            guard (0x30...0x39).contains(byte) else { return nil }
            seen.digits += 1
            if let count = seen.places {
                seen.places = count + 1
                if count >= places {
                    guard byte == 0x30 else { return nil }
                    continue
                }
            }
            guard let next = Self.append(byte, to: value) else { return nil }
            value = next
        }
        guard seen.digits > 0, seen.places != 0 else { return nil }
        for _ in Swift.min(seen.places ?? 0, places)..<places {
            guard let next = Self.append(0x30, to: value) else { return nil }
            value = next
        }
        guard negative || value != .min else { return nil }
        units = negative ? value : -value
    }

    /// Appends a digit to a value below zero, where there is room for one more than above.
    private static func append(_ digit: UInt8, to value: Int64) -> Int64? {
        let (product, overflow) = value.multipliedReportingOverflow(by: 10)
        let (sum, carry) = product.subtractingReportingOverflow(Int64(digit - 0x30))
        return overflow || carry ? nil : sum
    }
}

extension Fixed: Codable {
    public init(from decoder: any Decoder) throws {
        self = try decoder.constrained(Self.schema, placeholder: Fixed(units: 0)) { value in
            guard let number = value.scalarText.flatMap(Fixed.init) else {
                throw Violation("Must be a number with at most \(places) decimal places.")
            }
            return number
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    static var schema: Schema {
        let fraction = places > 0 ? #"(\.\d{1,\#(places)})?"# : ""
        return Schema(type: "string", format: "decimal", pattern: #"^-?\d+\#(fraction)$"#)
    }
}
