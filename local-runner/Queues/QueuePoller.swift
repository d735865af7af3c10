import FunctionRuntime
import GRDB
import Logging
import NIOCore
import Synchronization

/// Gives the messages of a queue to the function that the queue triggers.
///
/// It is a receiver as any other: what it takes is hidden until the function's deadline has passed
/// and a little longer, so that no message is delivered twice while it is worked on. What the
/// function has done is deleted; what it names as failed, or everything where it throws, crashes or
/// takes too long, becomes visible again after the trigger's delay, and its receive count grows
/// until it goes to the dead letters. If the runner dies meanwhile, nothing is lost: messages come
/// back by themselves, with a receive count above 1.
///
/// Several batches are at work at once, each in a task that takes the next one when it is done. A
/// task starts when messages arrive, or when the clock says that some have become visible.
final class QueuePoller: Timed {
    private struct State {
        var running = 0
        /// Whether something has come while all tasks were at work.
        var hasMore = false
        /// After a failure of the runner itself nothing is tried before this time.
        var notBefore: Int64 = 0
        /// Who waits until nothing runs.
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    /// Such as `Brainstorm/SendMails`.
    let function: String
    private let queue: String
    private let trigger: FunctionDescription.Queue
    private let service: QueueService
    private let triggers: Triggers
    /// How many batches may be at work at once.
    private let limit: Int
    /// How long what is taken is hidden, in milliseconds.
    private let hiding: Int64
    private let state = Mutex(State())

    /// Beyond the deadline of a function, in milliseconds: until its failure is written down.
    private static let margin: Int64 = 5000

    init(
        _ function: String, on queue: String, _ trigger: FunctionDescription.Queue,
        of service: QueueService, by triggers: Triggers, options: ServerOptions
    ) {
        self.function = function
        self.queue = queue
        self.trigger = trigger
        self.service = service
        self.triggers = triggers
        limit = options.workersPerFunction
        hiding = options.deadline.nanoseconds / 1_000_000 + Self.margin
    }

    /// Looks for messages from now on.
    func start() {
        service.arrivals.listen(to: queue) { [weak self] in self?.arrived() }
        service.clock.add(self)
    }

    /// Takes what is visible, or has the clock take it later.
    private func arrived() {
        let isBusy = state.withLock { state in
            state.hasMore = state.running >= limit
            return state.hasMore
        }
        guard !isBusy else { return }
        let now = service.clock.now
        guard let due = try? nextDue(), due <= now else { return service.clock.wake() }
        poll()
    }

    func nextDue() throws -> Int64? {
        let (isBusy, notBefore) = state.withLock { ($0.running >= limit, $0.notBefore) }
        // Who is at work looks for more before it ends.
        guard !isBusy else {
            state.withLock { $0.hasMore = true }
            return nil
        }
        let visible = try service.store.write { try $0.firstVisible(in: queue) }
        return visible.map { max($0, notBefore) }
    }

    func fire(at time: Int64) async {
        poll()
    }

    func settle() async {
        await withCheckedContinuation { continuation in
            let isIdle = state.withLock { state in
                if state.running > 0 { state.waiters.append(continuation) }
                return state.running == 0
            }
            if isIdle { continuation.resume() }
        }
    }

    /// Starts one more task, if there may be one.
    private func poll() {
        let starts = state.withLock { state in
            guard state.running < limit else {
                state.hasMore = true
                return false
            }
            state.running += 1
            return true
        }
        if starts { Task(executorPreference: ServiceExecutor.shared) { await self.work() } }
    }

    /// Runs batch after batch, until there is none.
    private func work() async {
        repeat {
            while let batch = take() {
                // There may be more than one task can do.
                if batch.messages.count == trigger.batchSize { poll() }
                guard await run(batch) else { break }
            }
        } while !ends()
    }

    /// Whether a task may end; nothing has come since it has looked then.
    private func ends() -> Bool {
        let waiters = state.withLock { state -> [CheckedContinuation<Void, Never>]? in
            if state.hasMore, service.clock.now >= state.notBefore {
                state.hasMore = false
                return nil
            }
            state.running -= 1
            defer { if state.running == 0 { state.waiters = [] } }
            return state.running == 0 ? state.waiters : []
        }
        guard let waiters else { return false }
        for waiter in waiters { waiter.resume() }
        // What comes back later is the clock's to see.
        service.clock.wake()
        return true
    }
}

extension QueuePoller {
    private struct Batch {
        var queue: StoredQueue
        var messages: [StoredMessage]
        var time: Int64

        /// What the function is given.
        func event() throws -> [JSON.Member] {
            let values = try messages.map { message -> JSON in
                [
                    "id": .string(message.id), "body": .string(message.body),
                    "attributes": .object(try MessageAttributes(stored: message.attributes).texts),
                    "receiveCount": .number(String(message.receives)),
                    "sentAt": .number(String(message.sentAt)),
                ]
            }
            return [.init("messages", .array(values))]
        }
    }

    /// Takes the next batch; nil where there is none, or it cannot be read.
    private func take() -> Batch? {
        let now = service.clock.now
        guard now >= state.withLock({ $0.notBefore }), !service.arrivals.isStopped else {
            return nil
        }
        do {
            let (batch, deadLetters) = try service.store.write { database in
                guard let queue = try database.queue(named: queue) else {
                    return (nil as Batch?, nil as StoredQueue?)
                }
                let visibility = max(hiding, Int64(queue.settings.visibility) * 1000)
                let taken = try database.receive(
                    trigger.batchSize, from: queue, at: now, until: now + visibility)
                return (
                    Batch(queue: queue, messages: taken.messages, time: now), taken.deadLetters
                )
            }
            if let deadLetters {
                triggers.log(
                    .warning,
                    """
                    \(function): messages went to \(deadLetters.name) after \
                    \(trigger.maxReceives) receptions.
                    """)
                service.arrivals.announce(deadLetters.name)
            }
            guard let batch, !batch.messages.isEmpty else { return nil }
            service.store.noteInFlight(batch.queue, batch.messages.count)
            return batch
        } catch {
            pause("The queue \(queue) cannot be read: \(error)")
            return nil
        }
    }

    /// Runs the function, and writes down what came of it.
    ///
    /// - Returns: whether the next batch can be tried.
    private func run(_ batch: Batch) async -> Bool {
        do {
            let outcome = await triggers.run(function, try batch.event(), time: batch.time)
            guard outcome.wasRun else {
                try settle(batch, failed: Set(batch.messages.map(\.id)), wasRun: false)
                pause("\(function) cannot be run: \(outcome.problem)")
                return false
            }
            try settle(batch, failed: failed(in: batch, outcome), wasRun: true)
            return true
        } catch {
            // They come back when they are no longer hidden.
            pause("What came of messages of \(queue) cannot be written down: \(error)")
            return false
        }
    }

    /// The ids of what is to be delivered again.
    private func failed(in batch: Batch, _ outcome: Triggers.Outcome) -> Set<String> {
        let all = Set(batch.messages.map(\.id))
        guard outcome.isSuccess else {
            triggers.log(
                .warning,
                """
                \(function) failed with a batch of \(all.count) messages, status \
                \(outcome.status): \(outcome.problem)
                """)
            return all
        }
        let failed = Set(outcome.failed)
        guard failed.isSubset(of: all) else {
            triggers.log(
                .error,
                """
                \(function) named a message as failed that it was not given, so that all \
                \(all.count) of the batch are delivered again.
                """)
            return all
        }
        return failed
    }

    /// Deletes what is done, and shows the rest again.
    private func settle(_ batch: Batch, failed: Set<String>, wasRun: Bool) throws {
        let visibleAt = service.clock.now + (wasRun ? Int64(trigger.retryDelay) * 1000 : 0)
        try service.store.write { database in
            for message in batch.messages {
                if !failed.contains(message.id) {
                    try database.delete(message.number, from: batch.queue.id)
                } else {
                    try database.giveBack(
                        message, to: batch.queue.id, visibleAt: visibleAt, wasRun: wasRun)
                }
            }
        }
        if !failed.isEmpty { service.arrivals.announce(queue) }
    }

    /// Says what is wrong, and tries nothing for a second.
    private func pause(_ problem: String) {
        triggers.log(.error, problem)
        let time = service.clock.now + 1000
        state.withLock { $0.notBefore = time }
    }
}

extension QueueStore.Transaction {
    /// Shows a message again that is still the one that was taken.
    ///
    /// One that nobody has worked on does not count as received.
    fileprivate func giveBack(
        _ message: StoredMessage, to queue: Int64, visibleAt: Int64, wasRun: Bool
    ) throws {
        let statement = try cachedStatement(
            sql: """
                UPDATE message SET visible_at = ?, receives = receives - ?
                WHERE number = ? AND queue = ? AND receives = ?
                """)
        try statement.execute(
            arguments: [visibleAt, wasRun ? 0 : 1, message.number, queue, message.receives])
    }
}
