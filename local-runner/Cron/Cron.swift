import FunctionRuntime
import Logging
import Synchronization

/// Runs the functions that have a schedule, when their time comes.
///
/// It is Cloudflare's cron triggers: times are those of the runner's clock, in UTC, to the minute. A run
/// that fails is not repeated, and a time that passes while the runner is down, or the machine
/// asleep, is not made up. A function that still runs when its next time comes is not run a second
/// time beside; that time is skipped, and the log says so.
final class Cron: Timed {
    typealias Run = CronHistory.Run

    /// A function and when it runs.
    struct Entry: Sendable {
        /// Such as `Brainstorm/ExpireSessions`.
        var function: String
        var expression: CronExpression
    }

    /// What came of a run: in words of Cloudflare's.
    enum Result: String, Sendable {
        case ok
        /// It threw, or its process ended.
        case exception
        /// It took longer than a function may.
        case canceled
        /// The function has too much waiting, or the runner stops.
        case loadShed
        /// It still ran when it should have again.
        case skipped
    }

    let entries: [Entry]
    private let history: CronHistory
    private let clock: RunnerClock
    private let triggers: Triggers
    private let progress: Mutex<Progress>

    /// How far time has been dealt with, and what is under way.
    private struct Progress {
        /// Everything until this time has had its turn.
        var past: Int64
        /// When each entry is next; nil where it never is.
        var next: [Int64?]
        /// How many runs of a function are under way.
        var running: [String: Int] = [:]
        /// Those that the clock has begun.
        var begun: [Int: Task<Void, Never>] = [:]
        var lastBegun = 0

        init(_ entries: [Entry], from time: Int64) {
            past = time
            next = entries.map { $0.expression.next(after: time) }
        }

        /// The entries whose time has come, each with that time.
        mutating func take(_ entries: [Entry], until time: Int64) -> [(Entry, Int64)] {
            past = time
            return entries.indices.compactMap { index in
                guard let due = next[index], due <= time else { return nil }
                next[index] = entries[index].expression.next(after: time)
                return (entries[index], due)
            }
        }
    }

    private static let minute: Int64 = 60_000

    init(_ entries: [Entry], history: CronHistory, clock: RunnerClock, triggers: Triggers) {
        self.entries = entries
        self.history = history
        self.clock = clock
        self.triggers = triggers
        progress = Mutex(Progress(entries, from: clock.now))
    }

    func nextDue() -> Int64? {
        let now = clock.now
        return progress.withLock { progress in
            // The clock was put back, and further than a system corrects its own.
            if progress.past - now >= Self.minute {
                let fresh = Progress(entries, from: now)
                (progress.past, progress.next) = (fresh.past, fresh.next)
            }
            return progress.next.compactMap(\.self).min()
        }
    }

    /// The next time of each entry, in their order.
    var nextTimes: [Int64?] {
        _ = nextDue()
        return progress.withLock(\.next)
    }

    func fire(at time: Int64) async {
        let missed = clock.now - Self.minute
        for (entry, time) in progress.withLock({ $0.take(entries, until: max(time, missed)) }) {
            if time > missed {
                begin(entry, at: time)
            } else {
                triggers.warn(
                    "\(entry.function) missed \(Self.text(time)): the machine slept.")
            }
        }
    }

    func settle() async {
        while let task = progress.withLock({ $0.begun.first?.value }) { await task.value }
    }

    private func begin(_ entry: Entry, at time: Int64) {
        guard note(entry, unlessRunning: true) else {
            triggers.warn("\(entry.function) skips \(Self.text(time)): it still runs.")
            return record(
                Run(entry, at: time, startedAt: clock.now, .skipped, "It still ran."))
        }
        progress.withLock { progress in
            progress.lastBegun += 1
            let number = progress.lastBegun
            progress.begun[number] = Task(executorPreference: ServiceExecutor.shared) {
                _ = await self.finish(entry, at: time)
                self.progress.withLock { $0.begun[number] = nil }
            }
        }
    }

    /// Runs a function now, whatever the time, and whether it runs already or not.
    func runByHand(_ entry: Entry, at time: Int64) async -> Run {
        _ = note(entry, unlessRunning: false)
        return await finish(entry, at: time, isByHand: true)
    }

    /// Notes that a function runs; false where it does already and must not twice.
    private func note(_ entry: Entry, unlessRunning isAlone: Bool) -> Bool {
        progress.withLock { progress in
            let count = progress.running[entry.function] ?? 0
            guard count == 0 || !isAlone else { return false }
            progress.running[entry.function] = count + 1
            return true
        }
    }

    /// Runs a function that has been noted, and notes that it is over.
    private func finish(_ entry: Entry, at time: Int64, isByHand: Bool = false) async -> Run {
        let (startedAt, start) = (clock.now, ContinuousClock.now)
        let outcome = await triggers.run(
            entry.function, [.init("schedule", .string(entry.expression.description))], time: time)
        progress.withLock { $0.running[entry.function, default: 1] -= 1 }
        var run = Run(entry, at: time, startedAt: startedAt, Result(outcome), outcome.problem)
        run.milliseconds = Int64((ContinuousClock.now - start) / .milliseconds(1))
        run.isByHand = isByHand
        record(run)
        triggers.log(
            outcome.isSuccess ? .info : .error,
            """
            \(run.function) for \(Self.text(time)): \(run.outcome) after \(run.milliseconds) ms\
            \(run.problem.isEmpty ? "" : ", \(run.problem)")
            """)
        return run
    }

    private func record(_ run: Run) {
        do {
            try history.add(run)
        } catch {
            triggers.log(.error, "A run of \(run.function) could not be written down: \(error)")
        }
    }

    private static func text(_ time: Int64) -> String {
        Timestamp(milliseconds: time).description
    }
}

extension Cron.Result {
    fileprivate init(_ outcome: Triggers.Outcome) {
        self =
            switch outcome.status {
            case ..<400: .ok
            case 503: .loadShed
            case 504: .canceled
            default: .exception
            }
    }
}

extension CronHistory.Run {
    fileprivate init(
        _ entry: Cron.Entry, at time: Int64, startedAt: Int64, _ result: Cron.Result,
        _ problem: String
    ) {
        self.init(
            function: entry.function, cron: entry.expression.description, time: time,
            startedAt: startedAt, milliseconds: 0, outcome: result.rawValue,
            // The runner's own words, where they are in its own envelope.
            problem: (try? JSON(parsing: problem))?["message"]?.text ?? problem, isByHand: false)
    }
}
