/// A moment, in whole microseconds since 1970-01-01T00:00:00Z.
///
/// It is written in JSON as RFC 3339 in UTC with milliseconds (`2026-11-21T03:08:53.120Z`), and
/// read from any RFC 3339 text and from what PostgreSQL prints for `timestamptz`.
public struct Timestamp: Sendable, Hashable, Comparable {
    public var microseconds: Int64

    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    public init(milliseconds: Int64) {
        microseconds = milliseconds * 1000
    }

    /// Whole milliseconds since 1970, what is finer cut off towards the past.
    public var milliseconds: Int64 { microseconds.flooredDivision(by: 1000).quotient }

    /// Reads whole milliseconds since 1970 up to the end of the year 9999; nil for anything else.
    static func read(milliseconds text: String) -> Timestamp? {
        guard let number = Int64(text), (0..<253_402_300_800_000).contains(number) else {
            return nil
        }
        return Timestamp(milliseconds: number)
    }

    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.microseconds < right.microseconds
    }

    /// This moment moved by a number of seconds.
    public func advanced(seconds: Int64) -> Timestamp {
        Timestamp(microseconds: microseconds + seconds * 1_000_000)
    }
}

extension Timestamp: LosslessStringConvertible {
    public var description: String { text(fraction: 3) }

    /// RFC 3339 in UTC, with 3 or 6 digits of the second's fraction.
    public func text(fraction digits: Int) -> String {
        let day: Int64 = 86_400_000_000
        let (days, rest) = microseconds.flooredDivision(by: day)
        let (year, month, monthDay) = Self.civil(days)
        let second = rest / 1_000_000
        let fraction = digits == 3 ? rest % 1_000_000 / 1000 : rest % 1_000_000
        return
            "\(year < 0 ? "-" : "")\(abs(year).padded(4))-\(month.padded(2))-\(monthDay.padded(2))T"
            + "\((second / 3600).padded(2)):\((second / 60 % 60).padded(2)):"
            + "\((second % 60).padded(2)).\(fraction.padded(digits))Z"
    }

    /// Reads `YYYY-MM-DD[T| ]hh:mm:ss[.f…][Z|±hh[:mm]]`; nil for anything else, an offset included
    /// that is left out, because a time without one names no moment.
    public init?(_ text: String) {
        var text = text
        guard let moment = text.withUTF8({ Self.microseconds(of: $0) }) else { return nil }
        microseconds = moment
    }

    private static func microseconds(of text: UnsafeBufferPointer<UInt8>) -> Int64? {
        var scan = DigitScanner(text)
        guard let year = scan.number(4), scan.skip("-"), let month = scan.number(2), scan.skip("-"),
            let day = scan.number(2), scan.skip("T") || scan.skip("t") || scan.skip(" "),
            let hour = scan.number(2), scan.skip(":"), let minute = scan.number(2), scan.skip(":"),
            let second = scan.number(2), (1...12).contains(month),
            (1...length(ofMonth: month, in: year)).contains(day),
            hour < 24, minute < 60, second < 60
        else { return nil }
        let fraction = scan.skip(".") ? scan.fraction() : 0
        guard let fraction, let offset = scan.offset(), scan.isAtEnd else { return nil }
        let seconds = days(year, month, day) * 86400 + hour * 3600 + minute * 60 + second
        return (seconds - offset) * 1_000_000 + fraction
    }

    /// The proleptic Gregorian date of a day number; Howard Hinnant's `civil_from_days`.
    private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let (era, dayOfEra) = shifted.flooredDivision(by: 146_097)
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    /// The day number of a date; Howard Hinnant's `days_from_civil`.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let (era, yearOfEra) = (year - (month <= 2 ? 1 : 0)).flooredDivision(by: 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    private static func length(ofMonth month: Int64, in year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

extension Timestamp: Codable {
    public init(from decoder: any Decoder) throws {
        self = try decoder.constrained(
            Schema(type: "string", format: "date-time"), placeholder: Timestamp(microseconds: 0)
        ) { value in
            guard let timestamp = value.text.flatMap(Timestamp.init) else {
                throw Violation("Must be a time such as 2026-11-21T03:08:53Z.")
            }
            return timestamp
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension Int64 {
    fileprivate func flooredDivision(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }

    fileprivate func padded(_ width: Int) -> String {
        let digits = String(self)
        return String(repeating: "0", count: Swift.max(0, width - digits.utf8.count)) + digits
    }
}

/// Reads the fixed fields of a time from left to right.
private struct DigitScanner {
    private var rest: Slice<UnsafeBufferPointer<UInt8>>

    init(_ text: UnsafeBufferPointer<UInt8>) {
        rest = text[...]
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }

    mutating func number(_ digits: Int) -> Int64? {
        guard rest.count >= digits else { return nil }
        var number: Int64 = 0
        for byte in rest.prefix(digits) {
            guard (0x30...0x39).contains(byte) else { return nil }
            number = number * 10 + Int64(byte - 0x30)
        }
        rest.removeFirst(digits)
        return number
    }

    /// Microseconds from 1 to 9 digits; what is finer is cut off.
    mutating func fraction() -> Int64? {
        var number: Int64 = 0
        var count = 0
        while let byte = rest.first, (0x30...0x39).contains(byte), count < 9 {
            if count < 6 { number = number * 10 + Int64(byte - 0x30) }
            count += 1
            rest.removeFirst()
        }
        guard count > 0 else { return nil }
        for _ in count..<Swift.max(6, count) { number *= 10 }
        return number
    }

    /// Seconds east of UTC.
    mutating func offset() -> Int64? {
        if skip("Z") || skip("z") { return 0 }
        let sign: Int64 = skip("+") ? 1 : -1
        guard sign == 1 || skip("-"), let hours = number(2), hours < 24 else { return nil }
        _ = skip(":")
        guard !rest.isEmpty else { return sign * hours * 3600 }
        guard let minutes = number(2), minutes < 60 else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }
}
