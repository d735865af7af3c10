import Testing

@testable import LocalRunner
@testable import TestSupport

/// An expression, times at which it fires, and times at which it does not.
struct MatchCase: Sendable, CustomTestStringConvertible {
    var expression: String
    var fires: [String]
    var rests: [String] = []
    var testDescription: String { expression }

    init(_ expression: String, fires: [String], rests: [String] = []) {
        self.expression = expression
        self.fires = fires
        self.rests = rests
    }
}

/// The cases of saffron's tests of whole expressions.
@Suite struct CronMatchTests {
    private static let anytime = [
        "1970-01-01 00:00", "2016-11-08 23:53", "2020-07-04 15:42", "2072-02-29 01:15",
    ]
    private static let everyAugust23 = [
        "2020-08-23 00:05", "2021-08-23 00:05", "2022-08-23 00:05", "2023-08-23 00:05",
    ]
    private static let monthEnds2020 = [
        "2020-01-31 00:00", "2020-02-28 00:00", "2020-03-31 00:00", "2020-04-30 00:00",
        "2020-05-31 00:00",
    ]
    private static let leapYears = ["2400", "2024", "2020", "2004", "2000"]
    private static let otherYears = ["2300", "2200", "2100"]

    static let cases: [MatchCase] = [
        MatchCase("* * * * *", fires: anytime),
        MatchCase("5 0 23 8 *", fires: everyAugust23, rests: anytime + ["2020-08-23 11:05"]),
        MatchCase(
            "5-5 0-0 23-23 8-8 *", fires: everyAugust23, rests: anytime + ["2020-08-23 11:05"]),
        // The 31st and the 1st of December and January, at 23:59, 23:00, 00:00 and 00:59.
        MatchCase(
            "59-0 23-0 31-1 12-1 *",
            fires: ["01-31", "01-01", "12-31", "12-01"].flatMap { day in
                ["00:59", "00:00", "23:59", "23:00"].map { "2020-\(day) \($0)" }
            },
            rests: [
                "2020-01-01 22:00", "2020-01-01 23:58", "2020-01-30 00:00", "2020-11-01 00:00",
            ]),
        MatchCase(
            "0 0 * JAN SAT-SUN",
            fires: [
                "2020-01-04 00:00", "2020-01-05 00:00", "2020-01-11 00:00", "2020-01-12 00:00",
            ],
            rests: ["2020-01-03 00:00", "2020-01-06 00:00"]),
        MatchCase(
            "0,59 0,23 1,31 1,12 *",
            fires: [
                "2020-01-01 00:00", "2020-01-01 00:59", "2020-01-01 23:59", "2020-01-31 23:59",
                "2020-12-31 23:59",
            ]),
        MatchCase("0-59 0-23 1-31 1-12 *", fires: anytime),
        MatchCase("0-59 0-23 * 1-12 1-7", fires: anytime),
        MatchCase(
            "0 0 L FEB *",
            fires: leapYears.map { "\($0)-02-29 00:00" } + otherYears.map { "\($0)-02-28 00:00" },
            rests: leapYears.map { "\($0)-02-28 00:00" }),
        MatchCase(
            "0 0 L-1 FEB *",
            fires: leapYears.map { "\($0)-02-28 00:00" } + otherYears.map { "\($0)-02-27 00:00" },
            rests: leapYears.map { "\($0)-02-29 00:00" } + otherYears.map { "\($0)-02-28 00:00" }),
        MatchCase("0 0 L-30W * *", fires: ["2021-05-03 00:00", "2022-01-03 00:00"]),
        MatchCase("0 0 L-28W FEB *", fires: [], rests: ["2021-05-03 00:00", "2022-01-03 00:00"]),
        // The last day is a Saturday, a Monday, a Sunday.
        MatchCase(
            "0 0 LW MAY *", fires: ["2025-05-30 00:00", "2021-05-31 00:00", "2020-05-29 00:00"]),
        // The day before it is a Friday, a Sunday, a Saturday.
        MatchCase(
            "0 0 L-1W MAY *", fires: ["2025-05-30 00:00", "2021-05-31 00:00", "2020-05-29 00:00"]),
        // The 1st is a Friday, a Sunday, a Saturday.
        MatchCase(
            "0 0 1W MAY *", fires: ["2020-05-01 00:00", "2022-05-02 00:00", "2021-05-03 00:00"]),
        MatchCase(
            "0 0 * * 7L",
            fires: [
                "2020-01-25 00:00", "2020-02-29 00:00", "2020-03-28 00:00", "2020-04-25 00:00",
                "2020-05-30 00:00",
            ],
            rests: monthEnds2020),
        MatchCase(
            "0 0 * * SAT#5",
            fires: [
                "2020-02-29 00:00", "2020-05-30 00:00", "2020-08-29 00:00", "2020-10-31 00:00",
            ],
            rests: monthEnds2020),
        MatchCase(
            "*/15,30-59/10 0 * * *",
            fires: ["00", "15", "30", "40", "45", "50"].map { "2020-01-01 00:\($0)" }),
        MatchCase(
            "0 20-4/2 * * *", fires: ["20", "22", "00", "02", "04"].map { "2020-01-01 \($0):00" },
            rests: ["21", "23", "01", "03", "06"].map { "2020-01-01 \($0):00" }),
        // The example of its documentation, and those of Cloudflare's.
        MatchCase("*/10 0 * OCT MON", fires: ["2020-10-19 00:30"]),
        MatchCase("*/30 * * * *", fires: ["2020-10-19 00:30", "2020-10-19 01:00"]),
        MatchCase("0 17 * * sun", fires: ["2020-08-23 17:00"], rests: ["2020-08-24 17:00"]),
        MatchCase("0 17 * * 1", fires: ["2020-08-23 17:00"], rests: ["2020-08-24 17:00"]),
        MatchCase("10 7 * * mon-fri", fires: ["2020-08-24 07:10"], rests: ["2020-08-23 07:10"]),
        MatchCase("10 7 * * 2-6", fires: ["2020-08-28 07:10"], rests: ["2020-08-29 07:10"]),
        MatchCase("0 15 1 * *", fires: ["2020-08-01 15:00"]),
        MatchCase("0 18 * * 6L", fires: ["2020-08-28 18:00"], rests: ["2020-08-21 18:00"]),
        MatchCase("0 18 * * friL", fires: ["2020-08-28 18:00"], rests: ["2020-08-21 18:00"]),
        MatchCase("59 23 LW * *", fires: ["2020-08-31 23:59", "2020-05-29 23:59"]),
    ]

    @Test(arguments: cases) func `fires when it should, and only then`(_ match: MatchCase) throws {
        let expression = try CronExpression(match.expression)

        for time in match.fires { #expect(try expression.fires(at: time), "\(time)") }
        for time in match.rests { #expect(try !expression.fires(at: time), "\(time)") }
    }

    @Test func `keeps to the minutes from one bound to another`() throws {
        let every = try CronExpression("* * * * *")
        let tens = try CronExpression("*/10 * * * *")
        let start = try milliseconds("2021-01-01 00:00")
        let minute: Int64 = 60_000

        #expect(every.times(after: start - 1, before: start + 1) == ["2021-01-01 00:00"])
        #expect(
            every.times(after: start, before: start + 2 * minute) == ["2021-01-01 00:01"])
        #expect(every.times(after: start + minute, before: start).isEmpty)
        #expect(
            tens.times(after: -1, before: 30 * minute)
                == ["1970-01-01 00:00", "1970-01-01 00:10", "1970-01-01 00:20"])
        #expect(
            tens.times(after: -1, before: 30 * minute + 1)
                == ["00", "10", "20", "30"].map { "1970-01-01 00:\($0)" })
        #expect(tens.next(after: 0) == 10 * minute)
        #expect(tens.next(after: 10 * minute - 1) == 10 * minute)
        // Seconds within a minute do not matter.
        #expect(every.next(after: start + 59_999) == start + minute)
    }

    @Test func `knows what never fires`() throws {
        for never in [
            "* * 31 2 *", "* * 30 2 *", "* * 31 11 *", "0 0 31 4,6,9,11 *", "* * 31W 2 *",
        ] {
            #expect(try CronExpression(never).next(after: 0) == nil, "\(never)")
        }
        #expect(try CronExpression("* * L-29 2 *").next(after: 0) == nil)
        #expect(try CronExpression("* * 29 2 *").next(after: 0) != nil)
        #expect(try CronExpression("* * 31 2 MON").next(after: 0) != nil)
    }

    @Test func `bears the ends of time`() throws {
        let every = try CronExpression("* * * * *")

        #expect(every.next(after: .max) == nil)
        #expect(try #require(every.next(after: .min)) > .min)
        #expect(every.next(after: -1) == 0)
        #expect(try CronExpression("0 0 29 2 *").next(after: .max - 60_000) == nil)
    }
}
