import FunctionRuntime
import Testing

@testable import LocalRunner
@testable import TestSupport

/// Random expressions, against a clock that ticks minute by minute and asks of each whether it is meant.
///
/// Nothing is shared with what is tested: the generator makes a field's text together with a closure
/// that says what it means, and the calendar is counted up a day at a time, never computed.
@Suite struct CronPropertyTests {
    @Test(arguments: 1...200 as ClosedRange<UInt64>)
    func `fires in the very minutes that are meant`(seed: UInt64) throws {
        var random = SeededGenerator(state: seed)
        let expression = RandomExpression(using: &random)
        var clock = TickingClock(
            year: Int.random(in: 1890...2110, using: &random), minute: Int(seed % 1440))
        let parsed = try CronExpression(expression.text)
        let start = try milliseconds(clock.text)

        var expected: [String] = []
        var days = 0
        while expected.count < 40, days < 1500 {
            guard expression.isMeant(clock.day) else {
                clock.skipDay()
                days += 1
                continue
            }
            if expression.isMeant(clock.minute) { expected.append(clock.text) }
            days += clock.tick() ? 1 : 0
        }
        let end = try milliseconds(clock.text)

        #expect(parsed.times(after: start - 1, before: end) == expected, "\(expression.text)")
    }
}

/// A generator whose numbers are the same each time: splitmix64.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// A day as a person with a paper calendar sees it.
struct CalendarDay {
    var year: Int
    var month = 1
    var date = 1
    /// 0 is Sunday.
    var weekday: Int

    /// The first of January, its weekday found by counting from 1 January 1890, a Wednesday.
    init(year: Int) {
        self.year = year
        weekday = (1890..<year).reduce(3) { ($0 + (Self.isLeap($1) ? 366 : 365)) % 7 }
    }

    static func isLeap(_ year: Int) -> Bool {
        if year % 400 == 0 { return true }
        return year % 100 == 0 ? false : year % 4 == 0
    }

    var monthLength: Int {
        [31, Self.isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
    }

    mutating func advance() {
        weekday = (weekday + 1) % 7
        date += 1
        guard date > monthLength else { return }
        date = 1
        month += 1
        guard month > 12 else { return }
        month = 1
        year += 1
    }

    /// Whether another date of this month is from Monday to Friday.
    func isWorkday(_ other: Int) -> Bool {
        let weekday = (self.weekday + (other - date) % 7 + 7) % 7
        return weekday != 0 && weekday != 6
    }

    /// Whether this is the working day nearest to a date, of two equally near the earlier: the
    /// dates are tried in the order of their distance.
    func isWorkday(nearestTo wanted: Int) -> Bool {
        guard wanted >= 1, wanted <= monthLength else { return false }
        let nearest = [0, -1, 1, -2, 2].map { wanted + $0 }.first {
            $0 >= 1 && $0 <= monthLength && isWorkday($0)
        }
        return nearest == date
    }
}

/// A day and a minute in it, counted up.
struct TickingClock {
    var day: CalendarDay
    /// Of the day.
    var minute: Int

    init(year: Int, minute: Int) {
        day = CalendarDay(year: year)
        self.minute = minute
    }

    /// - Returns: whether a day began.
    mutating func tick() -> Bool {
        minute += 1
        guard minute == 1440 else { return false }
        skipDay()
        return true
    }

    mutating func skipDay() {
        day.advance()
        minute = 0
    }

    var text: String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return
            "\(day.year)-\(two(day.month))-\(two(day.date)) \(two(minute / 60)):\(two(minute % 60))"
    }
}
