import Glibc
import Synchronization

/// The one clock of everything that the runner emulates: expiry, delays, visibility, signatures,
/// cron, and the time that functions are told.
///
/// It is the system's, moved forward by as much as somebody has asked for.
final class RunnerClock: Sendable {
    private let offset: Atomic<Int64>
    private let sources = Mutex<[any Timed]>([])
    private let wakeUps: AsyncStream<Void>
    private let waker: AsyncStream<Void>.Continuation

    /// - Parameter offset: how far it is ahead of the system's, in milliseconds.
    init(offset: Int64 = 0) {
        self.offset = Atomic(offset)
        (wakeUps, waker) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Milliseconds since 1970.
    var now: Int64 { Self.systemNow + offset.load(ordering: .relaxed) }

    private static var systemNow: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// Adds something that happens by the clock.
    func add(_ source: any Timed) {
        sources.withLock { $0.append(source) }
        wake()
    }

    /// Says that something may be due earlier than was known.
    func wake() {
        waker.yield()
    }
}

/// Something that happens by the clock.
protocol Timed: Sendable {
    /// When something is due next, in epoch milliseconds; nil where nothing is.
    func nextDue() throws -> Int64?

    /// Does what is due at a time, and returns when it is done.
    func fire(at time: Int64) async
}
