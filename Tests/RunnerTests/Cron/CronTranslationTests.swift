import Testing

@testable import LocalRunner

/// Schedules in the words of other schedulers.
@Suite struct CronTranslationTests {
    @Test(arguments: [
        ("* * * * *", "* * * * *", ["cron(* * * * ? *)"]),
        ("*/5 * * * *", "0,5,10,15,20,25,30,35,40,45,50,55 * * * *", ["cron(0/5 * * * ? *)"]),
        ("10/20 */6 1 JAN,jul *", "10,30,50 0,6,12,18 1 1,7 *", ["cron(10,30,50 0/6 1 1,7 ? *)"]),
        ("0 22-2 * * *", "0 0-2,22,23 * * *", ["cron(0 0-2,22,23 * * ? *)"]),
        ("0 9 * * MON-FRI", "0 9 * * 1-5", ["cron(0 9 ? * 2-6 *)"]),
        ("0 9 * * FRI-SUN", "0 9 * * 0,5,6", ["cron(0 9 ? * 1,6,7 *)"]),
        ("0 0 */10 * *", "0 0 1,11,21,31 * *", ["cron(0 0 1,11,21,31 * ? *)"]),
        ("0 0 1 * MON", "0 0 1 * 1", ["cron(0 0 1 * ? *)", "cron(0 0 ? * 2 *)"]),
    ])
    func `the same times in other words`(
        expression: String, crontab: String, eventBridge: [String]
    ) throws {
        let expression = try CronExpression(expression)

        #expect(try expression.crontab == crontab)
        #expect(try expression.eventBridge() == eventBridge)
    }

    @Test(arguments: [
        ("0 0 L * *", "cron(0 0 L * ? *)"), ("0 0 15W * *", "cron(0 0 15W * ? *)"),
        ("0 0 * * 6L", "cron(0 0 ? * 6L *)"), ("0 0 * * fri#3", "cron(0 0 ? * 6#3 *)"),
    ])
    func `what crontab cannot say, EventBridge can`(
        expression: String, eventBridge: String
    ) throws {
        let expression = try CronExpression(expression)

        #expect(throws: InexpressibleSchedule.self) { try expression.crontab }
        #expect(try expression.eventBridge() == [eventBridge])
    }

    @Test(arguments: ["0 0 L-3 * *", "0 0 LW * *", "0 0 L-3W * *"])
    func `what neither can say`(expression: String) throws {
        let expression = try CronExpression(expression)

        #expect(throws: InexpressibleSchedule.self) { try expression.crontab }
        #expect(throws: InexpressibleSchedule.self) { try expression.eventBridge() }
    }

    /// Both are read back with this runner's parser, crontab's weekdays being one lower.
    @Test(arguments: [
        "* * * * *", "*/7 3/5 * * *", "59 23 31 12 *", "0 12 29 2 *", "5,10-20/3 22-4 1-7 */2 *",
        "0 0 */1 * *", "30 6 * * SAT-MON", "0 0 13 * FRI", "0/2 * * JAN-MAR 1,3,5",
        "0 */23 * */5 *",
    ])
    func `a translation names the same times`(text: String) throws {
        let expression = try CronExpression(text)
        let fields = try expression.crontab.split(separator: " ")
        let weekdays = fields[4].map { character in
            character.wholeNumberValue.map { String($0 + 1) } ?? String(character)
        }
        let crontab = try CronExpression(
            (fields[..<4] + [Substring(weekdays.joined())]).joined(separator: " "))
        let eventBridge = try expression.eventBridge().map { text in
            let fields = text.dropFirst(5).dropLast().split(separator: " ")
            return try CronExpression(
                fields[..<5].map { $0 == "?" ? "*" : $0 }.joined(separator: " "))
        }

        var time: Int64 = 1_795_251_600_000
        for _ in 0..<100 {
            let next = try #require(expression.next(after: time))
            #expect(crontab.next(after: time) == next)
            #expect(eventBridge.compactMap { $0.next(after: time) }.min() == next)
            time = next
        }
    }
}
