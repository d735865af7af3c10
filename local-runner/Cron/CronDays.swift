/// On which days of a month an expression fires: its two fields of days, and how they combine.
struct CronDays: Sendable {
    let ofMonth: DaysOfMonth
    let ofWeek: DaysOfWeek

    /// The set of the dates in a month.
    func dates(in month: CalendarMonth) -> UInt64 {
        switch (ofMonth, ofWeek) {
        case (_, .all): ofMonth.dates(in: month)
        case (.all, _): ofWeek.dates(in: month)
        default: ofMonth.dates(in: month) | ofWeek.dates(in: month)
        }
    }
}

/// The field day of month.
enum DaysOfMonth: Sendable {
    case all
    case dates(UInt64)
    /// So many days before the last.
    case last(before: Int)
    /// The working day nearest to a date.
    case workday(near: Int)
    /// The working day nearest to the day that is so many before the last.
    case lastWorkday(before: Int)

    init(_ text: Substring) throws {
        if text == "*" {
            self = .all
        } else if text.hasPrefix("L") {
            self = try Self.last(text)
        } else if text.hasSuffix("W"), !text.contains(",") {
            self = .workday(near: try CronField.dayOfMonth.value(text.dropLast()))
        } else if text.contains(where: { "LlWw".contains($0) }) {
            throw CronField.dayOfMonth.mistake(
                """
                found "\(text)"; L and W are capitals and stand alone, as L, L-3, LW, L-3W or 15W.
                """)
        } else {
            self = .dates(try CronField.dayOfMonth.list(text))
        }
    }

    private static func last(_ text: Substring) throws -> DaysOfMonth {
        let isWorkday = text.hasSuffix("W")
        let rest = (isWorkday ? text.dropLast() : text).dropFirst()
        if rest.isEmpty { return isWorkday ? .lastWorkday(before: 0) : .last(before: 0) }
        let offset = rest.hasPrefix("-") ? CronField.dayOfMonth.number(rest.dropFirst()) : nil
        guard let offset, (1...30).contains(offset) else {
            throw CronField.dayOfMonth.mistake(
                """
                found "\(text)"; with L it is L, L-1 to L-30, LW, or L-1W to L-30W, and nothing \
                beside it.
                """)
        }
        return isWorkday ? .lastWorkday(before: offset) : .last(before: offset)
    }

    func dates(in month: CalendarMonth) -> UInt64 {
        let length = month.length
        let every = (UInt64(1) << (length + 1)) - 2
        switch self {
        case .all: return every
        case .dates(let dates): return dates & every
        case .last(let before): return 1 << max(length - before, 0) & every
        case .workday(let date): return Self.workday(near: date, in: month)
        case .lastWorkday(let before): return Self.workday(near: length - before, in: month)
        }
    }

    /// The date of the working day nearest to a date and in its month; none if there is no such date.
    private static func workday(near date: Int, in month: CalendarMonth) -> UInt64 {
        guard (1...month.length).contains(date) else { return 0 }
        switch month.weekday(date) {
        case 7: return 1 << (date == 1 ? 3 : date - 1)
        case 1: return 1 << (date == month.length ? date - 2 : date + 1)
        default: return 1 << date
        }
    }
}

/// The field weekday; 1 is Sunday.
enum DaysOfWeek: Sendable {
    case all
    case weekdays(UInt64)
    /// The last of a month.
    case last(Int)
    /// The so-many-th of a month.
    case nth(Int, weekday: Int)

    init(_ text: Substring) throws {
        let field = CronField.weekday
        if text == "*" {
            self = .all
        } else if text == "L" {
            self = .weekdays(1 << 7)
        } else if text.contains(",") && text.contains(where: { "L#".contains($0) }) {
            throw field.mistake("found \"\(text)\"; L and # stand alone, as L, 6L or 6#3.")
        } else if text.hasSuffix("L") {
            self = .last(try field.value(text.dropLast()))
        } else if let sign = text.firstIndex(of: "#") {
            self = try Self.nth(text[text.index(after: sign)...], weekday: text[..<sign])
        } else {
            self = .weekdays(try field.list(text))
        }
    }

    private static func nth(_ text: Substring, weekday: Substring) throws -> DaysOfWeek {
        let field = CronField.weekday
        guard let nth = field.number(text), (1...5).contains(nth) else {
            throw field.mistake("found \(field.quoted(text)) after #; allowed are 1 to 5.")
        }
        return .nth(nth, weekday: try field.value(weekday))
    }

    func dates(in month: CalendarMonth) -> UInt64 {
        (1...month.length).reduce(into: 0) { dates, date in
            if contains(date, of: month) { dates.insert(date) }
        }
    }

    private func contains(_ date: Int, of month: CalendarMonth) -> Bool {
        let weekday = month.weekday(date)
        return switch self {
        case .all: true
        case .weekdays(let weekdays): weekdays.holds(weekday)
        case .last(let last): weekday == last && date + 7 > month.length
        case .nth(let nth, let wanted): weekday == wanted && (date - 1) / 7 + 1 == nth
        }
    }
}
