import Testing

@testable import LocalRunner

/// Everything that saffron's tests refuse, and the crontab habits that mean something else here.
@Suite struct CronRefusalTests {
    @Test(arguments: [
        "60", "0-60", "0/60", "0-60/5", "0/0", "0-59/0", "*,*", "*-30/5,*/3", "", ",", "1,", ",1",
        "1,,2", "-", "1-", "-1", "1-2-3", "/", "1/", "/5", "1/2/3", "**", "*/", "5,*", "a", "MON",
        "+1", "1.5", "99999999999999999999", "1/99999999999999999999", "٣", "0x1", "L", "1W", "@",
    ])
    func `minutes that are none`(field: String) {
        expectRefusal("\(field) * * * *", of: "minute")
    }

    @Test(arguments: ["24", "0-24", "0/24", "0-24/2", "0/0", "0-23/0", "*,*", "*-6/3,*/4"])
    func `hours that are none`(field: String) {
        expectRefusal("* \(field) * * *", of: "hour")
    }

    @Test(arguments: [
        "32", "0-31", "1-32", "1/32", "0/31", "1-31/32", "0-31/32", "0-32/31", "0/0", "0-23/0",
        "1/31", "0", "L-0", "L-31", "L-0W", "L-31W", "3,L", "L,3", "1W,3", "3,1W", "*,*",
        "*-6/3,*/4", "W", "WL", "LL", "L-", "L--3", "L-W", "L3", "LWW", "32W", "0W", "1-5W",
        "1W-5", "15W/2", "l", "lw", "15w", "?", "FRI", "L-3L", "*W", "*L",
    ])
    func `days of the month that are none`(field: String) {
        expectRefusal("* * \(field) * *", of: "day of month")
    }

    @Test(arguments: [
        "0", "13", "0-12", "1-13", "1/13", "1-13/2", "0/12", "0-12/2", "1/0", "1-12/0", "1/12",
        "*,*", "*-6/3,*/4", "JANUARY", "JA", "SUN", "J\u{C4}N", "L",
    ])
    func `months that are none`(field: String) {
        expectRefusal("* * * \(field) *", of: "month")
    }

    @Test(arguments: [
        "8", "0", "0-7", "1-8", "1/8", "0/7", "1-7/8", "0-7/7", "0-8/7", "1/0", "1-5/0", "1/7",
        "SUN#0", "MON#6", "MON#", "#1", "#", "MON#1#2", "MON#1,TUE", "3,L", "L,3", "3L,4", "L-1",
        "LL", "8L", "0L", "fril", "8#1", "0#1", "*#1", "*L", "1-5L", "1-5#2", "1#L", "*,*",
        "*-6/3,*/4", "SUNDAY", "SU", "JAN", "?", "\u{17F}un",
    ])
    func `weekdays that are none`(field: String) {
        expectRefusal("* * * * \(field)", of: "weekday")
    }

    @Test(arguments: [
        "", " ", "*", "* * * *", "* * * * * *", "0 0 * * * 2026", " * * * * *", "* * * * * ",
        "*\n* * * *", "* * * *\u{A0}*", "invalid", "@daily", "@reboot",
    ])
    func `what has not five fields`(text: String) {
        #expect(throws: CronError.self) { try CronExpression(text) }
    }

    @Test func `blanks and tabs in any number stand between fields`() throws {
        let spaced = try CronExpression("5 \t 0  23\t8   *")

        #expect(try spaced.fires(at: "2020-08-23 00:05"))
    }

    @Test func `the error for weekday 0 tells of the numbering`() {
        let error = #expect(throws: CronError.self) { try CronExpression("0 9 * * 0") }

        #expect(
            error?.description == """
                The weekday of the cron expression "0 9 * * 0" is wrong: found "0"; allowed are 1 \
                to 7, or SUN to SAT. Here 1 is Sunday and 7 is Saturday; crontab's 0 is none.
                """)
    }

    @Test func `1-5 is not crontab's Monday to Friday`() throws {
        let numbers = try CronExpression("0 9 * * 1-5")
        let names = try CronExpression("0 9 * * MON-FRI")

        // A Saturday before.
        #expect(
            try numbers.times(after: "2020-08-01 09:00", count: 5) == [
                "2020-08-02 09:00", "2020-08-03 09:00", "2020-08-04 09:00", "2020-08-05 09:00",
                "2020-08-06 09:00",
            ])
        #expect(
            try names.times(after: "2020-08-01 09:00", count: 5) == [
                "2020-08-03 09:00", "2020-08-04 09:00", "2020-08-05 09:00", "2020-08-06 09:00",
                "2020-08-07 09:00",
            ])
        // 7 is Saturday, not crontab's second Sunday.
        #expect(
            try CronExpression("0 9 * * 7").times(after: "2020-08-01 09:00", count: 1)
                == ["2020-08-08 09:00"])
    }

    private func expectRefusal(_ text: String, of field: String) {
        let error = #expect(throws: CronError.self) { try CronExpression(text) }
        // An empty field is one field less.
        let isShort = text.split(separator: " ").count < 5
        #expect(
            isShort || error?.description.hasPrefix("The \(field) of the cron expression") == true)
    }
}
