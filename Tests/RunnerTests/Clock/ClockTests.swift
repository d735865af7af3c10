import FunctionRuntime
import Synchronization
import Testing

@testable import LocalRunner
@testable import TestSupport

@Suite struct ClockTests {
    /// Something with times of its own, which writes down when it was fired, and at what time.
    private final class Source: Timed {
        private let name: String
        private let clock: RunnerClock
        private let log: Log
        private let due: Mutex<[Int64]>
        /// Called when it was fired, with a way to make something due.
        private let then: @Sendable (Int64, (Int64) -> Void) -> Void

        init(
            _ name: String, _ clock: RunnerClock, _ log: Log, due: [Int64],
            then: @escaping @Sendable (Int64, (Int64) -> Void) -> Void = { _, _ in }
        ) {
            self.name = name
            self.clock = clock
            self.log = log
            self.due = Mutex(due)
            self.then = then
        }

        func nextDue() -> Int64? { due.withLock { $0.min() } }

        func fire(at time: Int64) async {
            // What takes a while must not cost the time that passes.
            try? await Task.sleep(for: .milliseconds(3))
            log.add("\(name) \(time - log.start) at \(clock.now - log.start)")
            due.withLock { due in
                if let index = due.firstIndex(of: time) { due.remove(at: index) }
            }
            then(time) { new in due.withLock { $0.append(new) } }
        }
    }

    /// What was fired, in order.
    private final class Log: Sendable {
        let start: Int64
        private let lines = Mutex<[String]>([])

        init(from start: Int64) { self.start = start }
        func add(_ line: String) { lines.withLock { $0.append(line) } }
        var all: [String] { lines.withLock { $0 } }
    }

    /// Long enough that no test takes that time itself.
    private static let minute: Int64 = 60_000
    private static let hour = 60 * minute

    @Test func `what is due happens in order, whosever it is, at its time`() async throws {
        let clock = RunnerClock()
        let log = Log(from: clock.now)
        let times = { (minutes: [Int64]) in minutes.map { log.start + $0 * Self.minute } }
        clock.add(Source("a", clock, log, due: times([5, 1, 9, 61])))
        clock.add(Source("b", clock, log, due: times([1, 3, 60])))

        let fired = try await clock.advance(by: 60 * Self.minute + 1000) { _ in }

        #expect(fired == 6)
        #expect(
            log.all == [
                "a 60000 at 60000", "b 60000 at 60000", "b 180000 at 180000", "a 300000 at 300000",
                "a 540000 at 540000", "b 3600000 at 3600000",
            ])
        #expect(clock.ahead == 60 * Self.minute + 1000)
        #expect(clock.now >= log.start + clock.ahead)
    }

    @Test func `what becomes due on the way has its turn, too`() async throws {
        let clock = RunnerClock()
        let log = Log(from: clock.now)
        let source = Source("a", clock, log, due: [log.start + Self.hour]) { time, add in
            if time < log.start + 5 * Self.hour { add(time + 2 * Self.hour) }
        }
        clock.add(source)

        _ = try await clock.advance(by: 4 * Self.hour) { _ in }
        #expect(log.all == ["a 3600000 at 3600000", "a 10800000 at 10800000"])

        _ = try await clock.advance(by: 4 * Self.hour) { _ in }
        #expect(log.all.count == 3)
        #expect(log.all.last == "a 18000000 at 18000000")
    }

    @Test func `a source that stays due does not keep the clock from moving`() async throws {
        let clock = RunnerClock()
        let log = Log(from: clock.now)
        clock.add(
            Source("a", clock, log, due: [log.start + Self.hour]) { time, add in add(time) })
        clock.add(Source("b", clock, log, due: [log.start + 2 * Self.hour]))

        _ = try await clock.advance(by: 3 * Self.hour) { _ in }

        #expect(log.all.contains("b 7200000 at 7200000"))
        #expect(log.all.count < 300)
        #expect(clock.ahead == 3 * Self.hour)
    }

    @Test func `what is due as time passes happens by itself`() async throws {
        let clock = RunnerClock(offset: 3_600_000)
        let log = Log(from: clock.now)
        let (fired, fire) = AsyncStream.makeStream(of: Void.self)
        clock.start { _ in }
        defer { clock.stop() }

        for (name, after) in [("b", 60), ("a", 20)] as [(String, Int64)] {
            clock.add(
                Source(name, clock, log, due: [log.start + after]) { _, _ in fire.yield() })
        }
        var times = fired.makeAsyncIterator()
        await times.next()
        await times.next()

        #expect(log.all.map { String($0.prefix(4)) }.sorted() == ["a 20", "b 60"])
    }

    @Test func `two cannot move it at once`() async throws {
        let clock = RunnerClock()
        let log = Log(from: clock.now)
        let (begun, begin) = AsyncStream.makeStream(of: Void.self)
        let due = (1...50).map { log.start + $0 * Self.hour }
        clock.add(Source("a", clock, log, due: due) { _, _ in begin.finish() })

        async let first = clock.advance(by: 100 * Self.hour) { _ in }
        for await _ in begun {}
        let refusal = await #expect(throws: Failure.self) {
            try await clock.advance(by: Self.hour) { _ in }
        }

        #expect(refusal?.status == 409)
        #expect(try await first == 50)
        #expect(clock.ahead == 100 * Self.hour)
    }

    @Test func `who gives up leaves it where it has come`() async throws {
        let clock = RunnerClock()
        let log = Log(from: clock.now)
        let (begun, begin) = AsyncStream.makeStream(of: Void.self)
        let due = (1...500).map { log.start + $0 * Self.hour }
        clock.add(Source("a", clock, log, due: due) { _, _ in begin.finish() })

        let advance = Task { try await clock.advance(by: 1000 * Self.hour) { _ in } }
        for await _ in begun {}
        advance.cancel()
        await #expect(throws: CancellationError.self) { try await advance.value }

        #expect((1...500 * Self.hour).contains(clock.ahead))
        #expect(clock.now >= log.start + clock.ahead)
    }

    @Test func `reset brings back the system's time`() async throws {
        let clock = RunnerClock()
        let before = clock.now
        _ = try await clock.advance(by: 86_400_000) { _ in }
        #expect(clock.now >= before + 86_400_000)

        try clock.reset()

        #expect(clock.ahead == 0)
        #expect(clock.now - before < 3_600_000)
    }

    @Test func `it is kept in the state folder`() async throws {
        let folder = try CronFolder()
        let state = try StateFolder(folder.path)
        _ = try await RunnerClock(in: state).advance(by: 93_600_000) { _ in }

        #expect(try RunnerClock(in: state).ahead == 93_600_000)
        try RunnerClock(in: state).reset()
        #expect(try RunnerClock(in: state).ahead == 0)

        try state.write(Array("soon".utf8), to: "clock")
        let error = #expect(throws: RunnerError.self) { try RunnerClock(in: state) }
        #expect(error?.description.contains("Delete it to have the system's time.") == true)
    }

    @Test(
        arguments: [
            ("90s", 90_000), ("15m", 900_000), ("26h", 93_600_000), ("2d", 172_800_000),
            ("1h30m", 5_400_000), ("1d2h3m4s", 93_784_000), ("0s", 0),
        ] as [(String, Int64)])
    func `spans of time are read`(text: String, milliseconds: Int64) throws {
        let span = try #require(TimeSpan(text))

        #expect(span.milliseconds == milliseconds)
        #expect(TimeSpan(span.description) == span)
    }

    @Test(arguments: [
        "", "26", "h", "26 h", "-5m", "1.5h", "30m1h", "1h1h", "1H", "5w", "1h30", "٣h",
        "99999999999999999999s", "999999999999999d", "+5m",
    ])
    func `what is no span of time is none`(text: String) {
        #expect(TimeSpan(text) == nil)
    }
}
