import Testing

@testable import LocalRunner

/// What stands in a field, and the values that it means.
struct FieldCase: Sendable, CustomTestStringConvertible {
    var text: Substring
    var values: [Int]
    var testDescription: String { String(text) }

    init(_ text: Substring, _ values: [Int]...) {
        self.text = text
        self.values = Set(values.joined()).sorted()
    }

    /// All from one to another.
    static func r(_ first: Int, _ last: Int) -> [Int] { Array(first...last) }
    /// Every so-many-th from one to another.
    static func s(_ first: Int, _ last: Int, _ step: Int) -> [Int] {
        Array(stride(from: first, through: last, by: step))
    }
}

/// The cases of saffron's parser tests, and what they leave out.
@Suite struct CronFieldTests {
    typealias Case = FieldCase

    static let minuteCases: [FieldCase] = [
        Case("*", Case.r(0, 59)), Case("*/5", Case.s(0, 59, 5)),
        Case("*/5,*/3", Case.s(0, 59, 5), Case.s(0, 59, 3)), Case("0", [0]),
        Case("5,15,25,35,45,55", [5, 15, 25, 35, 45, 55]), Case("0-30", Case.r(0, 30)),
        Case("50-10", Case.r(50, 59), Case.r(0, 10)),
        Case(
            "0-5,10-15,20-25,30-35,40-45,50-55", Case.r(0, 5), Case.r(10, 15), Case.r(20, 25),
            Case.r(30, 35), Case.r(40, 45), Case.r(50, 55)),
        Case("0/5", Case.s(0, 59, 5)), Case("1/3,*/5", Case.s(1, 59, 3), Case.s(0, 59, 5)),
        Case("1/3,2/3,5/10", Case.s(1, 59, 3), Case.s(2, 59, 3), Case.s(5, 59, 10)),
        Case("0-30/5", Case.s(0, 30, 5)),
        Case("0-30/5,30-59/3", Case.s(0, 30, 5), Case.s(30, 59, 3)),
        Case("0,5-10,10-30/3,30/3", [0], Case.r(5, 10), Case.s(10, 30, 3), Case.s(30, 59, 3)),
        Case("59/59", [59]), Case("7-7", [7]), Case("7-7/3", [7]), Case("007", [7]),
        Case("50-10/7", [50, 57, 4]), Case("58-1/1", [58, 59, 0, 1]), Case("0-59/59", [0, 59]),
    ]

    static let hourCases: [FieldCase] = [
        Case("*", Case.r(0, 23)), Case("*/3", Case.s(0, 23, 3)),
        Case("*/3,*/4", Case.s(0, 23, 3), Case.s(0, 23, 4)), Case("0", [0]),
        Case("0,3,6,9,12,15,18,21", Case.s(0, 23, 3)), Case("0-12", Case.r(0, 12)),
        Case("22-2", [22, 23, 0, 1, 2]),
        Case("0-3,6-9,12-15,18-21", Case.r(0, 3), Case.r(6, 9), Case.r(12, 15), Case.r(18, 21)),
        Case("0/3", Case.s(0, 23, 3)), Case("1/2,*/4", Case.s(1, 23, 2), Case.s(0, 23, 4)),
        Case("1/2,2/3,3/4", Case.s(1, 23, 2), Case.s(2, 23, 3), Case.s(3, 23, 4)),
        Case("0-12/4", [0, 4, 8, 12]), Case("0-12/4,12-23/3", [0, 4, 8, 12, 15, 18, 21]),
        Case("0,0-6/3,6-12,12/3", [0, 3], Case.r(6, 12), Case.s(12, 23, 3)),
        Case("20-4/2", [20, 22, 0, 2, 4]), Case("23", [23]),
    ]

    static let monthCases: [FieldCase] = [
        Case("*", Case.r(1, 12)), Case("*/3", [1, 4, 7, 10]),
        Case("*/3,*/4", [1, 4, 7, 10, 5, 9]), Case("1", [1]), Case("JAN", [1]), Case("FEB", [2]),
        Case("MAR", [3]), Case("APR", [4]), Case("may", [5]), Case("jun", [6]), Case("jul", [7]),
        Case("aug", [8]), Case("sEp", [9]), Case("ocT", [10]), Case("NOv", [11]),
        Case("Dec", [12]), Case("1,MAR,6,SEP,12", [1, 3, 6, 9, 12]), Case("1-12", Case.r(1, 12)),
        Case("JAN-DEC", Case.r(1, 12)), Case("11-FEB", [11, 12, 1, 2]),
        Case("NOV-2", [11, 12, 1, 2]),
        Case("1-MAR,MAY-7,SEP-11", [1, 2, 3, 5, 6, 7, 9, 10, 11]), Case("1/3", [1, 4, 7, 10]),
        Case("2/2,*/4", [2, 4, 6, 8, 10, 12, 1, 5, 9]),
        Case("1/2,FEB/3,3/4", [1, 3, 5, 7, 9, 11, 2, 8]), Case("1-DEC/4", [1, 5, 9]),
        Case("1-JUN/4,JUN-12/3", [1, 5, 6, 9, 12]),
        Case("1,JAN-6/3,JUN-12,DEC/3", [1, 4, 6, 7, 8, 9, 10, 11, 12]),
        Case("NOV-MAR/2", [11, 1, 3]), Case("DEC-FEB/1", [12, 1, 2]),
    ]

    static let dateCases: [FieldCase] = [
        Case("*", Case.r(1, 31)), Case("L", [31]), Case("L-3", [28]), Case("L-30", [1]),
        Case("*/3", Case.s(1, 31, 3)), Case("*/3,*/4", Case.s(1, 31, 3), Case.s(1, 31, 4)),
        Case("1", [1]), Case("1,4,7,10,13,16,19,22,25,28,31", Case.s(1, 31, 3)),
        Case("1-15", Case.r(1, 15)), Case("30-1", [30, 31, 1]),
        Case("1-4,5-8,9-12,13-15", Case.r(1, 15)), Case("1/3", Case.s(1, 31, 3)),
        Case("2/2,*/4", Case.s(2, 31, 2), Case.s(1, 31, 4)),
        Case("1/2,2/3,3/4", Case.s(1, 31, 2), Case.s(2, 31, 3), Case.s(3, 31, 4)),
        Case("1-15/4", [1, 5, 9, 13]),
        Case("1-15/3,16-31/4", [1, 4, 7, 10, 13, 16, 20, 24, 28]),
        Case("1,1-10/3,10-20,20/3", [1, 4, 7], Case.r(10, 20), [23, 26, 29]),
        Case("29-3/2", [29, 31, 2]), Case("*/30", [1, 31]),
    ]

    static let weekdayCases: [FieldCase] = [
        Case("*", Case.r(1, 7)), Case("L", [7]), Case("*/3", [1, 4, 7]),
        Case("*/3,*/4", [1, 4, 7, 5]), Case("1", [1]), Case("SUN", [1]), Case("MON", [2]),
        Case("TUE", [3]), Case("WED", [4]), Case("THU", [5]), Case("FRI", [6]), Case("SaT", [7]),
        Case("wed", [4]), Case("2,WED,FRI,7", [2, 4, 6, 7]), Case("MON-5", [2, 3, 4, 5]),
        Case("7-1", [7, 1]), Case("1-3,4-4,5-7", Case.r(1, 7)), Case("2/2", [2, 4, 6]),
        Case("2/2,*/4", [2, 4, 6, 1, 5]), Case("1/2,2/3,3/4", [1, 3, 5, 7, 2]),
        Case("2-5/2", [2, 4]), Case("1-4/2,5-7/2", [1, 3, 5, 7]),
        Case("1,2-FRI/2,6-7,3/3", [1, 2, 4, 6, 7, 3]), Case("FRI-MON", [6, 7, 1, 2]),
        Case("SAT-TUE/2", [7, 2]), Case("FRI-SUN/2", [6, 1]),
    ]

    @Test(arguments: minuteCases) func `minutes`(_ field: FieldCase) throws {
        #expect(try Array(CronField.minute.values(field.text).elements(from: 0)) == field.values)
    }

    @Test(arguments: hourCases) func `hours`(_ field: FieldCase) throws {
        #expect(try Array(CronField.hour.values(field.text).elements(from: 0)) == field.values)
    }

    @Test(arguments: monthCases) func `months`(_ field: FieldCase) throws {
        #expect(try Array(CronField.month.values(field.text).elements(from: 0)) == field.values)
    }

    /// In a month of 31 days.
    @Test(arguments: dateCases) func `days of the month`(_ field: FieldCase) throws {
        let january = CalendarMonth(ofDay: 0)

        let dates = try DaysOfMonth(field.text).dates(in: january)

        #expect(Array(dates.elements(from: 0)) == field.values)
    }

    @Test(arguments: weekdayCases) func `weekdays`(_ field: FieldCase) throws {
        // The first seven days of October 1972 were Sunday to Saturday.
        let october = CalendarMonth(ofDay: 1004)

        let dates = try DaysOfWeek(field.text).dates(in: october)

        #expect(october.weekday(1) == 1)
        #expect(dates.elements(from: 0).filter { $0 <= 7 } == field.values)
    }
}
