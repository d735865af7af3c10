/// A schedule that a host cannot express.
struct InexpressibleSchedule: Error, CustomStringConvertible {
    var description: String
}

extension CronExpression {
    /// The five fields as crontab has them, where weekdays are 0 to 6 and 0 is Sunday.
    ///
    /// There, too, a day needs to satisfy only one of two fields, unless one of them starts with `*`;
    /// so none that restricts does here.
    ///
    /// - Throws: ``InexpressibleSchedule`` for the forms with L, W and #.
    var crontab: String {
        get throws {
            let (days, weekdays) = try crontabDays
            return [
                Self.list(minutes, of: 0...59), Self.list(hours, of: 0...23), days,
                Self.list(months, of: 1...12), weekdays,
            ].joined(separator: " ")
        }
    }

    private var crontabDays: (String, String) {
        get throws {
            let dates: UInt64? =
                switch days.ofMonth {
                case .all: nil
                case .dates(let dates): dates
                default: throw inexpressible("the day of month", in: "crontab", has: "L and W")
                }
            let weekdays: UInt64? =
                switch days.ofWeek {
                case .all: nil
                case .weekdays(let weekdays): weekdays >> 1
                default: throw inexpressible("the weekday", in: "crontab", has: "L and #")
                }
            let everyDay = dates.map { Self.list($0, of: 1...31) }
            let everyWeekday = weekdays.map { Self.list($0, of: 0...6) }
            // Either of the two is enough: where one is every day, so is the whole.
            if everyDay == "*" && weekdays != nil || everyWeekday == "*" && dates != nil {
                return ("*", "*")
            }
            return (everyDay ?? "*", everyWeekday ?? "*")
        }
    }

    func inexpressible(
        _ field: String, in host: String, has signs: String
    ) -> InexpressibleSchedule {
        InexpressibleSchedule(
            description: """
                has in \(field) of its schedule "\(self)" what \(host) cannot say (\(signs))
                """)
    }

    /// The values of a set: `*` for all of a range, runs of three and more as `1-5`, commas between.
    static func list(_ set: UInt64, of range: ClosedRange<Int>, dash: String = "-") -> String {
        let values = set.elements(from: range.lowerBound).filter { range.contains($0) }
        guard values.count < range.count else { return "*" }
        var parts: [String] = []
        var rest = values[...]
        while let first = rest.first {
            let run = rest.enumerated().prefix { $1 == first + $0 }.count
            let count = run > 2 ? run : 1
            parts.append(count > 1 ? "\(first)\(dash)\(first + count - 1)" : String(first))
            rest = rest.dropFirst(count)
        }
        return parts.joined(separator: ",")
    }
}
