import FunctionRuntime
import Glibc
import Synchronization

/// The one clock of everything that the runner emulates: expiry, delays, visibility, signatures,
/// cron, and the time that functions are told.
///
/// It is the system's, ahead by as much as somebody has asked for; that outlives the runner, as
/// what is stored bears times of this clock. While it is being moved forward it stands still at each
/// time at which something is due, until that is done: what takes a while on the way costs none of
/// the time that is being passed.
final class RunnerClock: Sendable {
    /// In milliseconds.
    private let offset: Atomic<Int64>
    /// The time at which it stands; `runs` where it does not.
    private let standstill = Atomic<Int64>(RunnerClock.runs)
    private static let runs = Int64.min
    /// Where the offset is kept; nil keeps it in memory alone.
    private let state: StateFolder?

    let driving = Mutex(Driving())
    let wakeUps: AsyncStream<Void>
    private let waker: AsyncStream<Void>.Continuation

    /// A clock that forgets.
    ///
    /// - Parameter offset: how far it is ahead of the system's, in milliseconds.
    init(offset: Int64 = 0) {
        self.offset = Atomic(offset)
        state = nil
        (wakeUps, waker) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// The clock of a state folder.
    init(in state: StateFolder) throws {
        offset = Atomic(try Self.kept(in: state))
        self.state = state
        (wakeUps, waker) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    private static let file = "clock"

    private static func kept(in state: StateFolder) throws -> Int64 {
        guard let bytes = try state.read(file) else { return 0 }
        guard let offset = Int64(String(decoding: bytes, as: UTF8.self)), offset >= 0 else {
            throw RunnerError(
                """
                \(state.file(file)) does not hold by how many milliseconds the clock is ahead. \
                Delete it to have the system's time.
                """)
        }
        return offset
    }

    /// Milliseconds since 1970.
    var now: Int64 {
        let time = standstill.load(ordering: .acquiring)
        return time == Self.runs ? Self.systemNow + ahead : time
    }

    /// By how many milliseconds it is ahead of the system's.
    var ahead: Int64 { offset.load(ordering: .acquiring) }

    private static var systemNow: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// Adds something that happens by the clock.
    func add(_ source: any Timed) {
        driving.withLock { $0.sources.append(source) }
        wake()
    }

    /// Says that something may be due earlier than was known.
    func wake() {
        waker.yield()
    }

    /// Stops at a time; one that has passed already leaves it where it is.
    func stand(at time: Int64) throws {
        let time = max(time, now)
        // A kill on the way finds what was done in the past.
        try keep(max(ahead, time - Self.systemNow))
        standstill.store(time, ordering: .releasing)
    }

    /// Runs on, so far ahead of the system's.
    func run(ahead: Int64) throws {
        try keep(ahead)
        standstill.store(Self.runs, ordering: .releasing)
    }

    private func keep(_ offset: Int64) throws {
        try state?.write(Array(String(offset).utf8), to: Self.file)
        self.offset.store(offset, ordering: .releasing)
    }
}

/// Something that happens by the clock.
protocol Timed: Sendable {
    /// When something is due next, in epoch milliseconds; nil where nothing is.
    func nextDue() throws -> Int64?

    /// Does what is due at a time.
    ///
    /// It may leave to others what takes long, so that the next time is not missed; ``settle()``
    /// waits for them.
    func fire(at time: Int64) async

    /// Waits until all is done that has been begun.
    func settle() async
}

extension Timed {
    func settle() async {}
}
