/// One of the five fields: what it is called, and what may stand in it.
struct CronField: Sendable {
    let name: String
    let range: ClosedRange<Int>
    /// Names of the values, in order, in capitals.
    var names: [String] = []
    /// What is said of a number out of the range, beside what the range is.
    var hint = ""

    static let minute = CronField(name: "minute", range: 0...59)
    static let hour = CronField(name: "hour", range: 0...23)
    static let dayOfMonth = CronField(name: "day of month", range: 1...31)
    static let month = CronField(
        name: "month", range: 1...12,
        names: [
            "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
        ])
    static let weekday = CronField(
        name: "weekday", range: 1...7, names: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"],
        hint: " Here 1 is Sunday and 7 is Saturday; crontab's 0 is none.")

    /// The set of a field's values; all of them for `*`.
    func values(_ text: Substring) throws -> UInt64 {
        text == "*" ? set(from: range.lowerBound, to: range.upperBound, step: 1) : try list(text)
    }

    /// The set of a list's values.
    func list(_ text: Substring) throws -> UInt64 {
        try text.split(separator: ",", omittingEmptySubsequences: false).reduce(into: 0) {
            $0 |= try item($1, of: text)
        }
    }

    /// One value, range or step.
    private func item(_ text: Substring, of list: Substring) throws -> UInt64 {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let span = parts.first, parts.count <= 2 else {
            throw mistake("\"\(text)\" has more than one step.")
        }
        let step = parts.count == 2 ? try step(parts[1], of: text) : nil
        if span == "*" {
            guard let step else {
                throw mistake("\"*\" stands alone or with a step, such as */5; found \"\(list)\".")
            }
            return set(from: range.lowerBound, to: range.upperBound, step: step)
        }
        let ends = try span.split(separator: "-", omittingEmptySubsequences: false)
            .map { try value($0) }
        guard ends.count <= 2 else { throw mistake("\"\(span)\" is no range of two values.") }
        let last = ends.count == 2 ? ends[1] : step == nil ? ends[0] : range.upperBound
        return set(from: ends[0], to: last, step: step ?? 1)
    }

    private func step(_ text: Substring, of item: Substring) throws -> Int {
        let highest = range.upperBound - range.lowerBound
        guard let step = number(text), (1...highest).contains(step) else {
            throw mistake(
                """
                the step of "\(item)" is \(quoted(text)). Steps are numbers from 1 to \(highest).
                """)
        }
        return step
    }

    /// A number of the range, or a name.
    func value(_ text: Substring) throws -> Int {
        // Without the bit that makes letters small; ASCII's alone, as no other letter has a place here.
        let capitals = text.utf8.lazy.map { $0 & 0xDF }
        if let index = names.firstIndex(where: { $0.utf8.elementsEqual(capitals) }) {
            return range.lowerBound + index
        }
        guard text != "?" else {
            throw mistake("found \"?\", which Quartz has and Cloudflare has not: write \"*\".")
        }
        let number = number(text)
        if let number, range.contains(number) { return number }
        throw mistake("found \(quoted(text)); allowed are \(allowed).\(number == nil ? "" : hint)")
    }

    /// A number in ASCII digits; one too large for an `Int` is the largest.
    func number(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int(text) ?? .max
    }

    func quoted(_ text: Substring) -> String {
        text.isEmpty ? "nothing" : "\"\(text)\""
    }

    func mistake(_ description: String) -> CronMistake {
        CronMistake(field: name, description: description)
    }

    private var allowed: String {
        let numbers = "\(range.lowerBound) to \(range.upperBound)"
        guard let first = names.first, let last = names.last else { return numbers }
        return "\(numbers), or \(first) to \(last)"
    }

    /// Every so-many-th value from the first on; past the highest it goes on with the lowest.
    private func set(from first: Int, to last: Int, step: Int) -> UInt64 {
        let length = last - first + (last < first ? range.count : 0)
        return stride(from: 0, through: length, by: step).reduce(into: 0) { set, offset in
            let value = first + offset
            set.insert(value > range.upperBound ? value - range.count : value)
        }
    }
}
