/// What another scheduler cannot say.
struct CronUntranslatable: Error, Equatable, CustomStringConvertible {
    /// Such as `L-3 in the days of the month`.
    var description: String
}

extension CronExpression {
    /// The expression in the words of Vixie's cron and of the cron-connector of OpenFaaS.
    ///
    /// Five fields; weekdays are 0 to 6, and 0 is Sunday. Where both days are restricted either counts,
    /// as here; but a field that starts with `*` does not restrict there, so a step of days is
    /// written as a list. The time zone is the daemon's.
    ///
    /// - Throws: ``CronUntranslatable`` for L, W and #.
    func crontab() throws(CronUntranslatable) -> String {
        let ofMonth: String
        switch days.ofMonth {
        case .all: ofMonth = "*"
        case .dates(let dates): ofMonth = Self.list(dates, 1...31)
        default: throw CronUntranslatable(description: "L and W in the days of the month")
        }
        let ofWeek: String
        switch days.ofWeek {
        case .all: ofWeek = "*"
        case .weekdays(let weekdays): ofWeek = Self.list(weekdays >> 1, 0...6)
        default: throw CronUntranslatable(description: "L and # in the weekdays")
        }
        return [
            Self.field(minutes, 0...59, all: "*"), Self.field(hours, 0...23, all: "*"), ofMonth,
            Self.field(months, 1...12, all: "*"), ofWeek,
        ].joined(separator: " ")
    }

    /// The expression in the words of Amazon EventBridge, as one expression or two.
    ///
    /// Six fields, the last the year; one of the two days is `?`
    /// (docs.aws.amazon.com/eventbridge/latest/userguide/eb-cron-expressions.html). So where both
    /// are restricted there are two expressions, and a day that satisfies both is named twice.
    ///
    /// - Throws: ``CronUntranslatable`` for L-3, LW and L-3W, which that page does not have.
    func eventBridge() throws(CronUntranslatable) -> [String] {
        let ofMonth = try dayOfMonthForEventBridge()
        let ofWeek = dayOfWeekForEventBridge
        let pairs =
            switch (ofMonth, ofWeek) {
            case (let ofMonth, nil): [(ofMonth ?? "*", "?")]
            case (nil, let ofWeek?): [("?", ofWeek)]
            case (let ofMonth?, let ofWeek?): [(ofMonth, "?"), ("?", ofWeek)]
            }
        let time = "\(Self.field(minutes, 0...59, all: "0")) \(Self.field(hours, 0...23, all: "0"))"
        let month = Self.field(months, 1...12, all: "1")
        return pairs.map { "cron(\(time) \($0) \(month) \($1) *)" }
    }

    /// nil where every day counts.
    private func dayOfMonthForEventBridge() throws(CronUntranslatable) -> String? {
        switch days.ofMonth {
        case .all: nil
        case .dates(let dates): Self.list(dates, 1...31)
        case .last(before: 0): "L"
        case .workday(let near): "\(near)W"
        case .last, .lastWorkday:
            throw CronUntranslatable(description: "L-3, LW and the like in the days of the month")
        }
    }

    private var dayOfWeekForEventBridge: String? {
        switch days.ofWeek {
        case .all: nil
        case .weekdays(let weekdays): Self.list(weekdays, 1...7)
        case .last(let weekday): "\(weekday)L"
        case .nth(let nth, let weekday): "\(weekday)#\(nth)"
        }
    }

    /// A field: `*`, every so-many-th of all (after a slash, before which stands what means all), or a
    /// list.
    private static func field(_ set: UInt64, _ range: ClosedRange<Int>, all: String) -> String {
        let values = Array(set.elements(from: 0))
        if values.count == range.count { return "*" }
        let steps = Set(zip(values.dropFirst(), values).map { $0 - $1 })
        guard let step = steps.first, steps.count == 1, step > 1, values.count > 2,
            values[0] == range.lowerBound, values[values.count - 1] + step > range.upperBound
        else { return list(set, range) }
        return "\(all)/\(step)"
    }

    /// Values with commas between them, those that follow on each other as ranges.
    private static func list(_ set: UInt64, _ range: ClosedRange<Int>) -> String {
        var spans: [ClosedRange<Int>] = []
        for value in set.elements(from: range.lowerBound) {
            if let last = spans.last, last.upperBound + 1 == value {
                spans[spans.count - 1] = last.lowerBound...value
            } else {
                spans.append(value...value)
            }
        }
        return spans.map { span in
            switch span.count {
            case 1: "\(span.lowerBound)"
            case 2: "\(span.lowerBound),\(span.upperBound)"
            default: "\(span.lowerBound)-\(span.upperBound)"
            }
        }.joined(separator: ",")
    }
}
