internal import FunctionRuntime

/// Which store a cache uses at the moment, and the connection kept from request to request.
///
/// | found | then |
/// |---|---|
/// | no `REDIS_URL` | memory |
/// | nobody serves at the address, or it is not ready | memory, and another attempt after 5 s |
/// | Redis refuses: a wrong password, a wrong database | an error; that is a mistake in the settings |
/// | a kept connection is gone before a command | a new one, unseen |
/// | it goes while an answer is awaited | once more if the command may be repeated; else an error |
///
/// Once there is a Redis again, what memory held is forgotten: others have gone on without it.
final class CacheSession {
    private let address: () throws -> RedisAddress?
    private let timeout: Duration
    private let memory: MemoryStore
    private var redis: RedisStore?
    /// In microseconds of the monotonic clock.
    private var nextAttempt = Int64.min

    /// Until the next attempt, in microseconds.
    private let pause: Int64
    /// Said once a process.
    nonisolated(unsafe) private static var hasWarned = false

    init(
        timeout: Duration, pause: Int64, memory: MemoryStore,
        address: @escaping () throws -> RedisAddress?
    ) {
        self.timeout = timeout
        self.pause = pause
        self.memory = memory
        self.address = address
    }

    var isShared: Bool {
        get throws { try open().isShared }
    }

    /// Does a piece of work; once more on a new connection where the kept one broke under it.
    func attempt<Value>(
        isRepeatable: Bool, _ work: (any CacheStore) throws -> Value
    ) throws -> Value {
        let wasKept = redis != nil
        let store = try open()
        do {
            return try work(store)
        } catch let error as CacheError {
            guard case .lost = error else { throw error }
            redis = nil
            // What was just connected and has broken already, or has used its time up, would again.
            guard isRepeatable, wasKept, !error.isTimeout else { throw error }
            return try work(open())
        }
    }

    private func open() throws -> any CacheStore {
        if let redis {
            if redis.connection.isFresh { return redis }
            Log.info("The connection to Redis had gone; connecting anew.")
            self.redis = nil
        }
        guard let address = try address() else {
            warn("REDIS_URL is not set")
            return memory
        }
        guard MonotonicClock.microseconds() >= nextAttempt else { return memory }
        do {
            let opened = RedisStore(try RedisConnection(address, timeout: timeout))
            memory.removeAll()
            redis = opened
            return opened
        } catch CacheError.unreachable(let problem) {
            nextAttempt = MonotonicClock.microseconds() + pause
            warn("Redis cannot be reached: \(problem)")
            return memory
        }
    }

    private func warn(_ reason: String) {
        guard !Self.hasWarned else { return }
        Self.hasWarned = true
        Log.warning(
            "The cache is kept in the memory of this process, and no other sees it.",
            ["reason": reason])
    }
}
