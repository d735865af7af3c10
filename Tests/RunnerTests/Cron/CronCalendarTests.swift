import Testing

@testable import LocalRunner

/// An expression, a time, and the times that follow.
struct NextCase: Sendable, CustomTestStringConvertible {
    var expression: String
    var start: String
    var times: [String]
    var testDescription: String { "\(expression) after \(start)" }

    init(_ expression: String, after start: String, _ times: [String]) {
        self.expression = expression
        self.start = start
        self.times = times
    }

    /// At midnight of days.
    init(_ expression: String, afterDay start: String, _ days: [String]) {
        self.init(expression, after: "\(start) 00:00", days.map { "\($0) 00:00" })
    }
}

/// Month ends, leap days, year ends, and every form of the fields of days.
@Suite struct CronCalendarTests {
    typealias Case = NextCase

    /// From saffron's tests.
    static let february = [
        Case(
            "0 0 29 2 *", after: "1969-12-31 23:59",
            [1972, 1976, 1980, 1984, 1988, 1992, 1996, 2000, 2004, 2008, 2012, 2016, 2020].map {
                "\($0)-02-29 00:00"
            }),
        Case(
            "0 0 L-28W 2 *", afterDay: "1969-12-31",
            [
                "1972-02-01", "1976-02-02", "1980-02-01", "1984-02-01", "1988-02-01",
                "1992-02-03", "1996-02-01", "2000-02-01", "2004-02-02", "2008-02-01",
                "2012-02-01", "2016-02-01", "2020-02-03",
            ]),
        Case(
            "59 12 LW 2 *", after: "1969-12-31 23:59",
            [
                "1970-02-27", "1971-02-26", "1972-02-29", "1973-02-28", "1974-02-28",
                "1975-02-28", "1976-02-27", "1977-02-28", "1978-02-28", "1979-02-28",
            ].map { "\($0) 12:59" }),
    ]

    static let leapDays = [
        // 1900 and 2100 have none, 2000 has.
        Case("0 0 29 2 *", afterDay: "1896-02-29", ["1904-02-29", "1908-02-29"]),
        Case("0 0 29 2 *", afterDay: "1996-02-29", ["2000-02-29", "2004-02-29"]),
        Case("0 0 29 2 *", afterDay: "2096-02-29", ["2104-02-29", "2108-02-29"]),
        Case("0 0 29 2 *", afterDay: "2023-03-01", ["2024-02-29", "2028-02-29"]),
        Case("0 0 L 2 *", afterDay: "1899-03-01", ["1900-02-28", "1901-02-28"]),
        Case("0 0 L 2 *", afterDay: "1999-03-01", ["2000-02-29", "2001-02-28"]),
        Case("0 0 L 2 *", afterDay: "2099-03-01", ["2100-02-28", "2101-02-28"]),
        Case("0 0 L 2 *", afterDay: "2023-03-01", ["2024-02-29", "2025-02-28"]),
        Case("0 0 L-1 2 *", afterDay: "2023-03-01", ["2024-02-28", "2025-02-27"]),
        Case("0 0 L-28 2 *", afterDay: "2020-03-01", ["2024-02-01", "2028-02-01"]),
        // A fifth Monday in February: a leap day on a Monday, 40 years apart over 2100.
        Case("0 0 * 2 MON#5", afterDay: "2023-01-01", ["2044-02-29", "2072-02-29", "2112-02-29"]),
        Case("0 0 29W 2 *", afterDay: "2023-01-01", ["2024-02-29", "2028-02-29", "2032-02-27"]),
        Case("59 23 28-29 2 *", after: "2024-02-28 23:59", ["2024-02-29 23:59"]),
        Case("* * * * *", after: "2024-02-28 23:59", ["2024-02-29 00:00"]),
        Case("* * * * *", after: "2100-02-28 23:59", ["2100-03-01 00:00"]),
    ]

    static let ends = [
        Case("* * * * *", after: "2026-12-31 23:59", ["2027-01-01 00:00", "2027-01-01 00:01"]),
        Case("0 0 1 1 *", afterDay: "2026-01-01", ["2027-01-01", "2028-01-01"]),
        Case("59 23 31 12 *", after: "2026-12-31 23:59", ["2027-12-31 23:59"]),
        Case("59 23 L * *", after: "2026-11-30 23:58", ["2026-11-30 23:59", "2026-12-31 23:59"]),
        Case("0 0 31 * *", afterDay: "2026-01-31", ["2026-03-31", "2026-05-31", "2026-07-31"]),
        Case("0 0 30 * *", afterDay: "2026-01-30", ["2026-03-30", "2026-04-30"]),
        Case("0 0 L * *", afterDay: "2026-11-30", ["2026-12-31", "2027-01-31", "2027-02-28"]),
        Case("0 0 L-3 * *", afterDay: "2026-11-30", ["2026-12-28", "2027-01-28", "2027-02-25"]),
        Case("0 0 L-30 * *", afterDay: "2026-01-01", ["2026-03-01", "2026-05-01", "2026-07-01"]),
        Case(
            "0 22-2 * 12-1 *", after: "2026-12-31 22:00",
            [
                "2026-12-31 23:00", "2027-01-01 00:00", "2027-01-01 01:00", "2027-01-01 02:00",
                "2027-01-01 22:00",
            ]),
        Case("*/7 * * * *", after: "2026-12-31 23:49", ["2026-12-31 23:56", "2027-01-01 00:00"]),
    ]

    static let workdays = [
        // 2026: 1 August is a Saturday, 1 February a Sunday, 31 January a Saturday, 31 May a Sunday.
        Case("0 0 1W * *", afterDay: "2026-01-15", ["2026-02-02", "2026-03-02", "2026-04-01"]),
        Case("0 0 1W 8 *", afterDay: "2026-01-01", ["2026-08-03"]),
        Case("0 0 2W 8 *", afterDay: "2026-01-01", ["2026-08-03"]),
        Case("0 0 15W 8 *", afterDay: "2026-01-01", ["2026-08-14"]),
        Case("0 0 16W 8 *", afterDay: "2026-01-01", ["2026-08-17"]),
        Case("0 0 31W 1 *", afterDay: "2026-01-01", ["2026-01-30"]),
        Case("0 0 31W 5 *", afterDay: "2026-01-01", ["2026-05-29"]),
        Case("0 0 30W 5 *", afterDay: "2026-01-01", ["2026-05-29"]),
        // April has no 31st, and its 30th is a Thursday.
        Case("0 0 31W 4-5 *", afterDay: "2026-04-01", ["2026-05-29", "2027-05-31"]),
        // 30 April 2027 is a Friday: still no 31st near it.
        Case("0 0 31W 4 *", afterDay: "2027-01-01", []),
        Case("0 0 28W 2 *", afterDay: "2026-01-01", ["2026-02-27", "2027-02-26", "2028-02-28"]),
        Case("0 0 LW * *", afterDay: "2026-01-01", ["2026-01-30", "2026-02-27", "2026-03-31"]),
        Case("0 0 LW 5 *", afterDay: "2026-01-01", ["2026-05-29", "2027-05-31"]),
        Case("0 0 L-1W 1,2 *", afterDay: "2026-01-01", ["2026-01-30", "2026-02-27"]),
        Case("0 0 L-30W 8 *", afterDay: "2026-01-01", ["2026-08-03", "2027-08-02"]),
    ]

    static let weekdays = [
        Case("0 0 * * 6L", afterDay: "2026-01-01", ["2026-01-30", "2026-02-27", "2026-03-27"]),
        Case("0 0 * * friL", afterDay: "2026-01-30", ["2026-02-27"]),
        Case("0 0 * * 1L", afterDay: "2026-05-01", ["2026-05-31", "2026-06-28"]),
        Case("0 0 * * 6#3", afterDay: "2026-01-01", ["2026-01-16", "2026-02-20", "2026-03-20"]),
        Case("0 0 * * fri#3", afterDay: "2026-01-16", ["2026-02-20"]),
        Case("0 0 * * 1#1", afterDay: "2026-01-31", ["2026-02-01", "2026-03-01", "2026-04-05"]),
        Case("0 0 * * MON#5", afterDay: "2026-01-01", ["2026-03-30", "2026-06-29", "2026-08-31"]),
        Case("0 0 * * L", afterDay: "2026-01-01", ["2026-01-03", "2026-01-10"]),
        Case(
            "0 0 * * FRI-MON", afterDay: "2026-01-01",
            ["2026-01-02", "2026-01-03", "2026-01-04", "2026-01-05", "2026-01-09"]),
        Case("0 0 * 2 SUN#5", afterDay: "2026-01-01", ["2032-02-29"]),
    ]

    static let either = [
        // Both are restricted: one suffices.
        Case(
            "0 0 13 * FRI", afterDay: "2026-01-01",
            ["2026-01-02", "2026-01-09", "2026-01-13", "2026-01-16"]),
        Case("0 0 L * 6#3", afterDay: "2026-01-01", ["2026-01-16", "2026-01-31", "2026-02-20"]),
        Case("0 0 1W * 1L", afterDay: "2026-08-01", ["2026-08-03", "2026-08-30", "2026-09-01"]),
        // "*" restricts nothing, and all the same "*/1" counts as a restriction.
        Case("0 0 * * MON", afterDay: "2026-01-01", ["2026-01-05", "2026-01-12"]),
        Case("0 0 13 * *", afterDay: "2026-01-01", ["2026-01-13", "2026-02-13"]),
        Case("0 0 */1 * MON", afterDay: "2026-01-01", ["2026-01-02", "2026-01-03"]),
        Case("0 0 1-31 * MON", afterDay: "2026-01-01", ["2026-01-02", "2026-01-03"]),
        Case("0 0 13 * */1", afterDay: "2026-01-01", ["2026-01-02", "2026-01-03"]),
        Case("0 0 30 2 MON#1", afterDay: "2026-01-01", ["2026-02-02", "2027-02-01"]),
    ]

    @Test(arguments: february + leapDays + ends + workdays + weekdays + either)
    func `the next times are those of the calendar`(_ next: NextCase) throws {
        let expression = try CronExpression(next.expression)

        let count = max(next.times.count, 1)
        #expect(try expression.times(after: next.start, count: count) == next.times)
    }
}
