import Testing

@testable import LocalRunner
@testable import TestSupport

/// Schedules in the words of crontab and of systemd.
@Suite struct ScheduleTests {
    @Test(arguments: [
        ("* * * * *", "* * * * *"),
        ("0 * * * *", "0 * * * *"),
        ("*/15 0-6 1,15 * *", "0,15,30,45 0-6 1,15 * *"),
        ("0 22-2 * JAN-MAR *", "0 0-2,22,23 * 1-3 *"),
        // 1 is Sunday here, and 0 there.
        ("0 9 * * 2-6", "0 9 * * 1-5"),
        ("0 9 * * sun", "0 9 * * 0"),
        ("0 9 * * L", "0 9 * * 6"),
        // Either of two restricted days is enough, in both.
        ("0 9 13 * FRI", "0 9 13 * 5"),
        ("0 9 */1 * FRI", "0 9 * * *"),
    ])
    func `crontab has its own numbers`(_ cron: String, _ crontab: String) throws {
        #expect(try CronExpression(cron).crontab == crontab)
    }

    @Test(arguments: ["0 0 L * *", "0 0 15W * *", "0 0 * * 6#3", "0 0 * * friL"])
    func `what crontab cannot say is refused by name`(_ cron: String) throws {
        let function = try Parts.scheduled("Tidy", cron)
        let bundle = try Parts.bundle([function])
        let refusal = try Parts.obstacle(
            to: function, of: bundle.parts[0].app, on: .cgi)

        #expect(refusal?.contains(cron) == true)
        #expect(refusal?.contains("crontab cannot say") == true)
    }

    @Test(arguments: [
        ("* * * * *", ["*-*-* *:*:00 UTC"]),
        ("*/15 0-6 1,15 * *", ["*-*-1,15 0..6:0,15,30,45:00 UTC"]),
        ("0 9 * 3 2-6", ["Mon,Tue,Wed,Thu,Fri *-3-* 9:0:00 UTC"]),
        ("0 9 L * *", ["*-*~01 9:0:00 UTC"]),
        ("0 9 L-3 * *", ["*-*~04 9:0:00 UTC"]),
        ("0 9 * * friL", ["Fri *-*~07/1 9:0:00 UTC"]),
        ("0 9 * * 6#3", ["Fri *-*-15..21 9:0:00 UTC"]),
        // Either of two days is enough here; of one event of systemd both would have to be.
        ("0 9 13 * FRI", ["*-*-13 9:0:00 UTC", "Fri *-*-* 9:0:00 UTC"]),
    ])
    func `systemd has calendar events`(_ cron: String, _ events: [String]) throws {
        #expect(try CronExpression(cron).calendarEvents == events)
    }

    @Test func `systemd has no working days`() throws {
        #expect(throws: InexpressibleSchedule.self) {
            try CronExpression("0 0 LW * *").calendarEvents
        }
    }

    @Test func `a crontab says when, what and with which variables`() throws {
        let bundle = try Parts.bundle([
            try Parts.scheduled("Tidy", "0 9 * * MON", variables: ["B", "A"])
        ])

        let crontab = try CGITarget().files(of: bundle).text(of: "crontab")
        let units = try SystemdTarget().files(of: bundle)

        #expect(
            crontab.contains(
                "\n0 9 * * 1 root /opt/apus/sbin/run-scheduled Probes/Tidy '0 9 * * MON' A B\n"))
        #expect(
            try units.text(of: "units/apus-Probes-Tidy.timer")
                .contains("\nOnCalendar=Mon *-*-* 9:0:00 UTC\n"))
        #expect(
            try units.text(of: "units/apus-Probes-Tidy.service")
                .contains("\nStandardInputText={\"schedule\":\"0 9 * * MON\"}\n"))
    }
}
