import FunctionRuntime
import Logging
import Synchronization

/// Asynchronous invocations: a function that fails is run again after one minute, and once more
/// after two, by the runner's clock, as Lambda does it.
///
/// They are in memory alone, so what waits when the runner stops is lost; Lambda keeps them for six
/// hours. Destinations and dead letters they have none: the log says what was given up.
final class InvokeEvents: Timed {
    private struct Entry {
        var invocation: InvokeService.Invocation
        var attempt = 1
        var dueAt: Int64
    }

    private struct State {
        var waiting: [Entry] = []
        var running: [Int: Task<Void, Never>] = [:]
        var count = 0
    }

    private let state = Mutex(State())
    private let clock: RunnerClock
    private let triggers: Triggers

    /// In milliseconds, after the first failure and after the second.
    private static let delays: [Int64] = [60_000, 120_000]

    init(clock: RunnerClock, triggers: Triggers) {
        self.clock = clock
        self.triggers = triggers
    }

    func add(_ invocation: InvokeService.Invocation) {
        run(Entry(invocation: invocation, dueAt: clock.now))
    }

    func nextDue() -> Int64? {
        state.withLock { $0.waiting.map(\.dueAt).min() }
    }

    func fire(at time: Int64) async {
        let due = state.withLock { state in
            defer { state.waiting.removeAll { $0.dueAt <= time } }
            return state.waiting.filter { $0.dueAt <= time }
        }
        for entry in due { run(entry) }
    }

    func settle() async {
        while let task = state.withLock({ $0.running.first?.value }) { await task.value }
    }

    private func run(_ entry: Entry) {
        state.withLock { state in
            state.count += 1
            let number = state.count
            state.running[number] = Task(executorPreference: ServiceExecutor.shared) {
                await self.finish(entry)
                self.state.withLock { $0.running[number] = nil }
            }
        }
    }

    private func finish(_ entry: Entry) async {
        let outcome = await triggers.invoke(entry.invocation)
        guard outcome.status != 200 || outcome.functionError != nil else { return }
        let words = "\(entry.invocation.function), invoked as \(entry.invocation.id), failed"
        guard entry.attempt <= Self.delays.count else {
            return triggers.log(.error, "\(words) for the last time; the event is given up.")
        }
        let delay = Self.delays[entry.attempt - 1]
        triggers.warn("\(words), and is run again in \(delay / 1000) seconds.")
        var entry = entry
        entry.attempt += 1
        entry.dueAt = clock.now + delay
        state.withLock { [entry] in $0.waiting.append(entry) }
        clock.wake()
    }
}
