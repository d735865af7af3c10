extension CronExpression {
    /// What systemd.time(7) calls calendar events, in UTC; each by itself is a reason to run.
    ///
    /// - Throws: ``InexpressibleSchedule`` for the working day nearest to a date.
    var calendarEvents: [String] {
        get throws {
            let time = "\(list(hours, of: 0...23)):\(list(minutes, of: 0...59)):00 UTC"
            let month = list(months, of: 1...12)
            return try calendarDays.map { weekday, day in
                "\(weekday.isEmpty ? "" : weekday + " ")*-\(month)\(day) \(time)"
            }
        }
    }

    /// The weekday and the day with its sign of each event.
    private var calendarDays: [(weekday: String, day: String)] {
        get throws {
            let day: String? =
                switch days.ofMonth {
                case .all: nil
                case .dates(let dates): "-" + list(dates, of: 1...31)
                // ~01 is the last day of the month.
                case .last(let before): "~" + Self.twoDigits(before + 1)
                case .workday, .lastWorkday:
                    throw inexpressible("the day of month", in: "systemd", has: "W")
                }
            let weekday: (weekday: String, day: String)? =
                switch days.ofWeek {
                case .all: nil
                case .weekdays(let weekdays): (Self.names(of: weekdays), "-*")
                case .last(let weekday): (Self.names(of: 1 << weekday), "~07/1")
                case .nth(let nth, let weekday):
                    (
                        Self.names(of: 1 << weekday),
                        "-\(Self.twoDigits(nth * 7 - 6))..\(Self.twoDigits(min(nth * 7, 31)))"
                    )
                }
            switch (day, weekday) {
            case (nil, nil): return [("", "-*")]
            case (let day?, nil): return [("", day)]
            case (nil, let weekday?): return [weekday]
            case (let day?, let weekday?): return [("", day), weekday]
            }
        }
    }

    private func list(_ set: UInt64, of range: ClosedRange<Int>) -> String {
        Self.list(set, of: range, dash: "..")
    }

    private static func names(of weekdays: UInt64) -> String {
        let names = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        return weekdays.elements(from: 1).map { names[$0 - 1] }.joined(separator: ",")
    }

    private static func twoDigits(_ number: Int) -> String {
        number < 10 ? "0\(number)" : String(number)
    }
}
