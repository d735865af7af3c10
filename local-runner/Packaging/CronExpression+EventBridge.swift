extension CronExpression {
    /// The expression in the words of Amazon EventBridge, as one expression or two.
    ///
    /// Six fields, the last the year; one of the two days is `?`
    /// (docs.aws.amazon.com/eventbridge/latest/userguide/eb-cron-expressions.html). So where both
    /// are restricted there are two expressions, and a day that satisfies both is named twice.
    ///
    /// - Throws: ``InexpressibleSchedule`` for L-3, LW and L-3W, which that page does not have.
    func eventBridge() throws -> [String] {
        let ofMonth = try dayOfMonthForEventBridge()
        let ofWeek = dayOfWeekForEventBridge
        let pairs =
            switch (ofMonth, ofWeek) {
            // Either of the two is enough: where one is every day, so is the whole.
            case ("*", _), (_, "*"), (nil, nil): [("*", "?")]
            case (let ofMonth?, nil): [(ofMonth, "?")]
            case (nil, let ofWeek?): [("?", ofWeek)]
            case (let ofMonth?, let ofWeek?): [(ofMonth, "?"), ("?", ofWeek)]
            }
        let time = "\(Self.field(minutes, 0...59, all: "0")) \(Self.field(hours, 0...23, all: "0"))"
        let month = Self.field(months, 1...12, all: "1")
        return pairs.map { "cron(\(time) \($0) \(month) \($1) *)" }
    }

    /// nil where every day counts.
    private func dayOfMonthForEventBridge() throws -> String? {
        switch days.ofMonth {
        case .all: nil
        case .dates(let dates): Self.list(dates, of: 1...31)
        case .last(before: 0): "L"
        case .workday(let near): "\(near)W"
        case .last, .lastWorkday:
            throw inexpressible("the day of month", in: "EventBridge", has: "L-3, LW and L-3W")
        }
    }

    private var dayOfWeekForEventBridge: String? {
        switch days.ofWeek {
        case .all: nil
        case .weekdays(let weekdays): Self.list(weekdays, of: 1...7)
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
        else { return list(set, of: range) }
        return "\(all)/\(step)"
    }
}
