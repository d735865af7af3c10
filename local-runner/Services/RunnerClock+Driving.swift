import FunctionRuntime
import Synchronization

/// How the clock makes things happen: as time passes, and when it is moved forward.
///
/// As time passes, each source is asked what is due, and fired when that time comes; no source
/// waits for another. When the clock is moved, whatever is due until the target is fired one by one
/// in the order of its time, whosever it is, with the clock at that time; what is done may make more
/// due on the way, and that has its turn, too.
extension RunnerClock {
    /// What there is to fire, and who is at it.
    struct Driving {
        var sources: [any Timed] = []
        /// The sources that are being fired.
        var busy: Set<Int> = []
        var isMoving = false
        var task: Task<Void, Never>?
    }

    /// In milliseconds: a system whose own clock is set may be noticed so late.
    private static let longestPause: Int64 = 5000
    /// How often a source may be fired at one time; one that wants more waits until time goes on.
    private static let mostRounds = 100

    /// Fires what is due as time passes.
    ///
    /// - Parameter report: is told what goes wrong.
    func start(_ report: @escaping @Sendable (String) -> Void) {
        let task = Task { await drive(report) }
        driving.withLock { $0.task = task }
    }

    /// Fires nothing more.
    func stop() {
        driving.withLock { $0.task }?.cancel()
    }

    private func drive(_ report: @escaping @Sendable (String) -> Void) async {
        await withDiscardingTaskGroup { group in
            var wakeUps = self.wakeUps.makeAsyncIterator()
            while !Task.isCancelled {
                for (index, due, source) in takeDue(report) {
                    group.addTask {
                        await source.fire(at: due)
                        self.driving.withLock { _ = $0.busy.remove(index) }
                        self.wake()
                    }
                }
                let pause = pause(report)
                let alarm = Task {
                    // One that is cancelled must not wake anybody: it would do so for ever.
                    try await Task.sleep(for: .milliseconds(pause))
                    self.wake()
                }
                await wakeUps.next()
                alarm.cancel()
            }
        }
    }

    /// The sources with something due, now marked as busy.
    private func takeDue(
        _ report: @Sendable (String) -> Void
    ) -> [(index: Int, due: Int64, source: any Timed)] {
        driving.withLock { driving in
            guard !driving.isMoving else { return [] }
            let now = now
            let taken = driving.idleSources.compactMap { index, source in
                source.due(until: now, report).map { (index, $0, source) }
            }
            for (index, _, _) in taken { driving.busy.insert(index) }
            return taken
        }
    }

    /// How long nothing will be due, in milliseconds.
    private func pause(_ report: @Sendable (String) -> Void) -> Int64 {
        let sources = driving.withLock { $0.isMoving ? [] : $0.idleSources }
        let now = now
        let next = sources.compactMap { $0.source.due(until: .max, report) }.min()
        return max(0, min(next.map { $0 - now } ?? .max, Self.longestPause))
    }

    /// Moves the clock forward, and fires on the way what is due.
    ///
    /// - Parameters:
    ///   - milliseconds: by how much.
    ///   - report: is told what goes wrong on the way.
    /// - Returns: how often something was fired.
    /// - Throws: where the clock is being moved already, or cannot be kept.
    func advance(by milliseconds: Int64, _ report: @Sendable (String) -> Void) async throws -> Int {
        try beginMoving()
        defer { endMoving() }
        while driving.withLock({ !$0.busy.isEmpty }) { try await Task.sleep(for: .milliseconds(2)) }
        let (target, offset) = (now + milliseconds, ahead + milliseconds)
        var fired = 0
        var rounds: [Int: (time: Int64, count: Int)] = [:]
        try stand(at: now)
        do {
            while let next = next(until: target, rounds, report) {
                try Task.checkCancellation()
                try stand(at: next.due)
                await next.source.fire(at: next.due)
                await next.source.settle()
                fired += 1
                let count = rounds[next.index].map { $0.time == now ? $0.count : 0 } ?? 0
                rounds[next.index] = (now, count + 1)
            }
            try run(ahead: offset)
        } catch {
            // As far as it has come.
            try run(ahead: ahead)
            throw error
        }
        return fired
    }

    /// What is due first; of several, that of the source that was added first.
    private func next(
        until target: Int64, _ rounds: [Int: (time: Int64, count: Int)],
        _ report: @Sendable (String) -> Void
    ) -> (index: Int, due: Int64, source: any Timed)? {
        let now = now
        return driving.withLock(\.idleSources).compactMap { index, source in
            guard let due = source.due(until: target, report) else { return nil }
            if let past = rounds[index], past.count >= Self.mostRounds, max(due, now) == past.time {
                return nil
            }
            return (index, due, source)
        }.min { $0.due < $1.due }
    }

    /// Brings the clock back to the system's time.
    ///
    /// What is due later by now waits until then.
    func reset() throws {
        try beginMoving()
        defer { endMoving() }
        try run(ahead: 0)
    }

    private func beginMoving() throws {
        let isFree = driving.withLock { driving in
            defer { driving.isMoving = true }
            return !driving.isMoving
        }
        guard isFree else {
            throw Failure(
                409, "clock-is-moving", "The clock is being moved; try again when that is done.")
        }
    }

    private func endMoving() {
        driving.withLock { $0.isMoving = false }
        wake()
    }
}

extension RunnerClock.Driving {
    fileprivate var idleSources: [(index: Int, source: any Timed)] {
        sources.enumerated().filter { !busy.contains($0.offset) }
            .map { (index: $0.offset, source: $0.element) }
    }
}

extension Timed {
    /// When something is due, if that is until a time; nil where it cannot be found out.
    fileprivate func due(until time: Int64, _ report: @Sendable (String) -> Void) -> Int64? {
        do {
            guard let due = try nextDue(), due <= time else { return nil }
            return due
        } catch {
            report("What is due next cannot be told: \(error)")
            return nil
        }
    }
}
