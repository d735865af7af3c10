/// When a scheduled function runs, in the words of Cloudflare's cron triggers.
///
/// Five fields, in UTC: minute, hour, day of month, month, weekday. Each is `*` or a list of values
/// `5`, ranges `1-5`, and steps `*/5`, `10/5` (from 10 to the end) and `10-40/5`. A range whose end is
/// below its start goes on past the highest value: `FRI-MON`, `22-2`. Months and weekdays have names
/// of three letters in any case. Some forms stand alone in their field:
///
/// | day of month | | weekday | |
/// |---|---|---|---|
/// | `L` | the last day | `L` | Saturday |
/// | `L-3` | three days before it | `6L`, `friL` | the month's last Friday |
/// | `15W` | the working day nearest to the 15th | `6#3`, `fri#3` | its third Friday |
/// | `LW`, `L-3W` | the working day nearest to those days | | |
///
/// - Weekdays are 1 to 7 and **1 is Sunday**, as in Quartz; in crontab, 0 and 7 are. So `1-5` is Sunday
///   to Thursday, and 0 is an error.
/// - The nearest working day stays in its month: `1W` on a Saturday is Monday the 3rd, `31W` on a Sunday
///   Friday the 29th. A month without the day has none.
/// - Where both days are restricted, a day that satisfies **either** counts. A field restricts unless it
///   is `*` and nothing else: `0 0 */1 * MON` runs every day.
///
/// Cloudflare's parser, saffron, is public, and its tests are among ours. In two points this one
/// does what saffron's tests describe rather than what its code does: there, a range that goes on
/// past the highest value takes in the value before its start (`FRI-SUN` fires on Thursdays), and
/// with a step misses the lowest value. And `5,*`, which saffron reads as `5,0`, is an error here.
///
/// Each field becomes a set of bits. The days of a month become one too, made when the search comes to
/// that month, so that there is one way to find the next time whatever the days depend on.
struct CronExpression: Sendable, Equatable, CustomStringConvertible {
    /// As it was written.
    let description: String

    let minutes: UInt64
    let hours: UInt64
    let days: CronDays
    let months: UInt64

    /// - Throws: ``CronError``, which says what is wrong in which field.
    init(_ text: String) throws {
        description = text
        let fields = text.split(omittingEmptySubsequences: true) { $0 == " " || $0 == "\t" }
        guard fields.count == 5, let first = text.first, let last = text.last,
            ![" ", "\t"].contains(first), ![" ", "\t"].contains(last)
        else { throw CronError.fieldCount(fields.count, in: text) }
        do {
            minutes = try CronField.minute.values(fields[0])
            hours = try CronField.hour.values(fields[1])
            months = try CronField.month.values(fields[3])
            days = CronDays(
                ofMonth: try DaysOfMonth(fields[2]), ofWeek: try DaysOfWeek(fields[4]))
        } catch let mistake as CronMistake {
            throw CronError(mistake, in: text)
        }
    }

    static func == (left: CronExpression, right: CronExpression) -> Bool {
        left.description == right.description
    }

    private static let minute: Int64 = 60_000

    /// The first time after another at which it fires, both in milliseconds since 1970; nil if it
    /// never does, such as on 30 February.
    ///
    /// The calendar repeats every 400 years, so what those do not have will never come.
    func next(after time: Int64) -> Int64? {
        let start = time.floored(by: Self.minute).quotient + 1
        let (startDay, startMinute) = start.floored(by: 1440)
        var month = CalendarMonth(ofDay: startDay)
        var firstDay = startDay - month.firstDay + 1
        for _ in 0...400 * 12 {
            for day in dates(in: month).elements(from: Int(firstDay)) {
                let number = month.firstDay + Int64(day) - 1
                let minute = minuteOfDay(from: number == startDay ? Int(startMinute) : 0)
                if let minute { return Self.milliseconds(number * 1440 + Int64(minute)) }
            }
            month = month.next
            firstDay = 1
        }
        return nil
    }

    /// Minutes since 1970 in milliseconds; nil where no `Int64` holds them.
    private static func milliseconds(_ minutes: Int64) -> Int64? {
        let (time, isTooLarge) = minutes.multipliedReportingOverflow(by: minute)
        return isTooLarge ? nil : time
    }

    private func dates(in month: CalendarMonth) -> UInt64 {
        months.holds(Int(month.month)) ? days.dates(in: month) : 0
    }

    /// The first minute of the day at or after another.
    private func minuteOfDay(from start: Int) -> Int? {
        for hour in hours.elements(from: start / 60) {
            let first = hour == start / 60 ? start % 60 : 0
            if let minute = minutes.element(from: first) { return hour * 60 + minute }
        }
        return nil
    }
}
