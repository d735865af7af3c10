import FunctionRuntime
import NIOCore
import Testing

@testable import LocalRunner
@testable import TestSupport

/// Scheduled functions in a running server, by the clock.
@Suite struct CronRunTests {
    @Test(arguments: [WorkerKind.warm, .cgi])
    func `functions run at their times, in order`(kind: WorkerKind) throws {
        let server = try CronServer(["Tick": "*/20 * * * *"], at: "2030-12-31 23:00") {
            $0.workerKind = kind
        }

        let fired = try server.advance(minutes: 61)

        #expect(fired == 3)
        #expect(try server.waits(for: "Tick at", count: 3))
        #expect(
            try server.printed("Tick").sorted() == [
                "Tick at 2030-12-31T23:20:00.000Z by */20 * * * *",
                "Tick at 2030-12-31T23:40:00.000Z by */20 * * * *",
                "Tick at 2031-01-01T00:00:00.000Z by */20 * * * *",
            ])
        let runs = try server.history.runs(of: "Probes/Tick", limit: 10)
        #expect(runs.map(\.outcome) == ["ok", "ok", "ok"])
        #expect(runs.map(\.time) == runs.map(\.time).sorted(by: >))
        // The clock stood at each time.
        #expect(runs.allSatisfy { $0.startedAt == $0.time && !$0.isByHand })
    }

    /// EventBridge does not tell the expression, so the function goes by its own.
    @Test func `functions of Lambda run at their times`() throws {
        let server = try CronServer(["Tick": "*/5 * * * *"], at: "2030-12-31 23:50") {
            $0.workerKind = .lambda
        }

        #expect(try server.advance(minutes: 11) == 2)

        #expect(try server.waits(for: "Tick at", count: 2))
        #expect(
            try server.printed("Tick").sorted() == [
                "Tick at 2030-12-31T23:55:00.000Z by */5 * * * *",
                "Tick at 2031-01-01T00:00:00.000Z by */5 * * * *",
            ])
    }

    @Test func `several functions run in the order of their times`() throws {
        let server = try CronServer(
            ["Tick": "0 * * * *", "Doze": "30 * * * *"], at: "2030-01-01 00:00")

        #expect(try server.advance(minutes: 125) == 4)

        let runs =
            try server.history.runs(of: "Probes/Tick", limit: 10)
            + server.history.runs(of: "Probes/Doze", limit: 10)
        let order = runs.sorted { $0.startedAt < $1.startedAt }
        #expect(
            order.map(\.function) == [
                "Probes/Doze", "Probes/Tick", "Probes/Doze", "Probes/Tick",
            ])
        // A function that fails is not run again for the same time.
        #expect(order.map(\.outcome) == ["exception", "ok", "exception", "ok"])
        #expect(order[0].problem == "It dozed at 2030-01-01T00:30:00.000Z.")
        #expect(order[0].milliseconds >= 700)
    }

    @Test func `runs as time passes by itself`() throws {
        let server = try CronServer(["Tick": "* * * * *"], at: "2030-01-01 00:00")
        // Half a second before the minute.
        _ = try server.advance(milliseconds: 29_500)
        server.clock.start { _ in }
        defer { server.clock.stop() }

        #expect(try server.waits(for: "Tick at 2030-01-01T00:01:00.000Z by * * * * *"))
        let times = try server.history.runs(of: "Probes/Tick", limit: 10).map(\.time)
        #expect(Set(times).count == times.count)
    }

    @Test func `a run still under way keeps the next from starting`() throws {
        let server = try CronServer(["Doze": "* * * * *"], at: "2030-01-01 00:00")
        let byHand = try server.begin("POST /cdn-cgi/local/scheduled?time=0")
        #expect(try server.waits(for: "Doze at 1970"))

        #expect(try server.advance(minutes: 1) == 1)

        #expect(try byHand.reply().status == 500)
        let runs = try server.history.runs(of: "Probes/Doze", limit: 10)
        #expect(runs.map(\.outcome).sorted() == ["exception", "skipped"])
        #expect(
            try server.logged().contains(
                "Probes/Doze skips 2030-01-01T00:01:00.000Z: it still runs."))
        // Later it runs again.
        #expect(try server.advance(minutes: 1) == 1)
        #expect(try server.history.runs(of: "Probes/Doze", limit: 1)[0].outcome == "exception")
    }

    @Test func `a crash is told, and the next time comes all the same`() throws {
        let server = try CronServer(["Collapse": "* * * * *"], at: "2030-01-01 00:00")

        #expect(try server.advance(minutes: 2) == 2)

        let runs = try server.history.runs(of: "Probes/Collapse", limit: 10)
        #expect(runs.map(\.outcome) == ["exception", "exception"])
        #expect(runs[0].problem.contains("SIGABRT"))
        #expect(
            try server.waits(
                for: "error: Probes/Collapse for 2030-01-01T00:02:00.000Z: exception after"))
    }

    @Test func `a run that takes too long is ended`() throws {
        let server = try CronServer(["Doze": "* * * * *"], at: "2030-01-01 00:00") {
            $0.deadline = .milliseconds(100)
        }

        _ = try server.advance(minutes: 1)

        let run = try #require(server.history.runs(of: "Probes/Doze", limit: 1).first)
        #expect(run.outcome == "canceled")
        #expect(run.problem.contains("did not answer within 0.1 seconds"))
    }

    @Test func `what the clock has passed does not run again after a reset`() throws {
        let server = try CronServer(["Tick": "0 0 * * *"], at: "2030-01-01 12:00")
        let ahead = server.clock.ahead
        #expect(try server.advance(minutes: 1440) == 1)

        // As a reset does, to where the test's clock started.
        try server.clock.run(ahead: ahead)

        #expect(server.cron.nextDue() == (try milliseconds("2030-01-02 00:00")))
        #expect(try server.advance(minutes: 1440) == 1)
    }

    @Test func `what was missed in a sleep of the machine is not made up`() throws {
        let server = try CronServer(
            ["Tick": "0 * * * *", "Doze": "*/5 * * * *"], at: "2030-01-01 00:00")
        let due = try #require(server.cron.nextDue())

        // The system's time has gone on by hours, and nothing was fired.
        try server.clock.stand(at: due + 145 * 60_000 + 30_000)
        try awaited {
            await server.cron.fire(at: due)
            await server.cron.settle()
        }

        #expect(try server.waits(for: "Probes/Doze missed 2030-01-01T00:05:00.000Z"))
        #expect(try server.waits(for: "Probes/Tick missed 2030-01-01T01:00:00.000Z"))
        #expect(try server.history.runs(of: "Probes/Doze", limit: 1).isEmpty)
        #expect(
            server.cron.nextTimes == [
                try milliseconds("2030-01-01 03:00"), try milliseconds("2030-01-01 02:30"),
            ])
    }

    @Test func `what never comes keeps nothing from running`() throws {
        let server = try CronServer(
            ["Collapse": "0 0 30 2 *", "Tick": "0 0 1 1 *"], at: "2030-01-01 12:00")

        #expect(server.cron.nextTimes[0] == nil)
        #expect(try server.advance(minutes: 366 * 1440) == 1)
    }

    @Test func `fifty runs of a function are kept`() throws {
        let server = try CronServer(["Tick": "* * * * *"], at: "2030-01-01 00:00")

        #expect(try server.advance(minutes: 60) == 60)

        let runs = try server.history.runs(of: "Probes/Tick", limit: 100)
        #expect(runs.count == 50)
        #expect(runs[0].time == (try milliseconds("2030-01-01 01:00")))
    }
}
