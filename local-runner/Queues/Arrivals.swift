import Synchronization

/// Tells whoever waits for messages that there are some.
///
/// A long poll is a suspended task and no thread. It is woken by whatever makes a message visible
/// right away, by the clock when a message becomes visible by itself, and by the clock at its own
/// end; then it looks for itself. A receiver takes a ticket before it looks, so that what comes
/// between its look and its wait is not missed. Queues go by their names: one may be deleted and made
/// again meanwhile.
final class Arrivals: Timed {
    private struct Waiter {
        var queue: String
        var deadline: Int64
        var continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var waiters: [Int: Waiter] = [:]
        /// How often something has come, by queue.
        var counts: [String: Int] = [:]
        /// What is told of a queue's messages beside those who wait.
        var listeners: [String: [@Sendable () -> Void]] = [:]
        var lastWaiter = 0
        var isStopped = false
    }

    private let state = Mutex(State())
    private let store: QueueStore
    private let clock: RunnerClock

    init(store: QueueStore, clock: RunnerClock) {
        self.store = store
        self.clock = clock
    }

    /// Lets nobody wait any longer, and tells nobody of anything more.
    func stop() {
        let waiters = state.withLock { state in
            state.isStopped = true
            state.listeners = [:]
            defer { state.waiters = [:] }
            return state.waiters.values.map(\.continuation)
        }
        for continuation in waiters { continuation.resume() }
    }

    var isStopped: Bool { state.withLock { $0.isStopped } }

    /// What has come to a queue until now.
    func ticket(_ queue: String) -> Int {
        state.withLock { $0.counts[queue, default: 0] }
    }

    /// Has a closure called whenever messages of a queue may have become visible, now or later.
    func listen(to queue: String, _ listener: @escaping @Sendable () -> Void) {
        state.withLock { $0.listeners[queue, default: []].append(listener) }
    }

    /// Says that messages of a queue may have become visible, now or for a later time.
    func announce(_ queue: String) {
        let (woken, listeners) = state.withLock { state in
            state.counts[queue, default: 0] += 1
            let woken = state.waiters.filter { $0.value.queue == queue }
            for id in woken.keys { state.waiters[id] = nil }
            return (woken.values.map(\.continuation), state.listeners[queue] ?? [])
        }
        for continuation in woken { continuation.resume() }
        for listener in listeners { listener() }
    }

    /// Waits until messages may have become visible, or a time has come, or the task is cancelled.
    func wait(for queue: String, after ticket: Int, until deadline: Int64) async {
        let id = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let mustWait = state.withLock { state in
                    guard state.counts[queue, default: 0] == ticket, !state.isStopped,
                        !Task.isCancelled
                    else { return false }
                    state.waiters[id] = Waiter(
                        queue: queue, deadline: deadline, continuation: continuation)
                    return true
                }
                // The clock must know of the deadline.
                if mustWait { clock.wake() } else { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.continuation.resume()
        }
    }

    func nextDue() throws -> Int64? {
        let waiters = state.withLock { Array($0.waiters.values) }
        guard let deadline = waiters.map(\.deadline).min() else { return nil }
        let visible = try store.write { database in
            try Set(waiters.map(\.queue)).compactMap { try database.firstVisible(in: $0) }.min()
        }
        return min(deadline, visible ?? deadline)
    }

    func fire(at time: Int64) async {
        let late = state.withLock { state in
            let late = state.waiters.filter { $0.value.deadline <= time }
            for id in late.keys { state.waiters[id] = nil }
            return late.values.map(\.continuation)
        }
        for continuation in late { continuation.resume() }
        for queue in state.withLock({ Set($0.waiters.values.map(\.queue)) }) {
            // What cannot be read now is found when the wait is over.
            let visible = try? store.write { try $0.firstVisible(in: queue) }
            if let visible, visible <= time { announce(queue) }
        }
    }
}
