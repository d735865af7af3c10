public import FunctionRuntime

/// Values that are shared by all processes, kept in Redis, and may be lost.
///
/// ```swift
/// var cache = Cache()
///
/// try cache.set("rate:EUR", text: "1.0842", expiry: .seconds(60))
/// let hits = try cache.increment("hits:\(address)", expiry: .seconds(3600))
/// let limit = try cache.hit("sign-in:\(address)", limit: 10, window: .seconds(60))
/// try cache.sortedSet("scores").add("ana", score: 12)
/// ```
///
/// The address comes from `REDIS_URL`; `REDIS_KEY_PREFIX` stands before every key. The connection is
/// opened on first use and kept while the process lives. Where `REDIS_URL` is unset, or nobody
/// serves there, the values are kept in the memory of this process, with the same semantics: the
/// log says so once, and ``isShared`` tells. A rate limit then counts within this process alone.
///
/// Redis away in the middle of a command is a `Failure` of status 503; what Redis refuses is a
/// ``CacheError``. What expires does so by the clock of the server.
public struct Cache: Binding {
    private let session: CacheSession
    private let prefix: () -> String

    /// Declares the cache.
    ///
    /// - Parameters:
    ///   - prefix: what stands before every key, behind what `REDIS_KEY_PREFIX` says.
    ///   - timeout: how long connecting may take, and then each command.
    public init(prefix: String = "", timeout: Duration = .seconds(2)) {
        self.init(prefix: prefix, timeout: timeout, memory: .ofProcess) {
            try Environment["REDIS_URL"].map(RedisAddress.init)
        }
    }

    /// A cache whose address does not come from the environment, or that has a memory of its own.
    init(
        prefix: String = "", timeout: Duration = .seconds(2), pause: Int64 = 5_000_000,
        memory: MemoryStore, address: @escaping () throws -> RedisAddress?
    ) {
        session = CacheSession(timeout: timeout, pause: pause, memory: memory, address: address)
        self.prefix = { (Environment["REDIS_KEY_PREFIX"] ?? "") + prefix }
    }

    public var binding: BindingDescription { .init(kind: "cache", name: "cache") }

    /// Whether other processes see the same values: there is a Redis, and it answers.
    ///
    /// - Throws: ``CacheError`` where Redis refuses to serve.
    public var isShared: Bool {
        get throws { try translated { try session.isShared } }
    }

    /// Whether there is an address; not whether somebody serves there.
    public var isConfigured: Bool { Environment["REDIS_URL"] != nil }

    /// Asks for a sign of life.
    ///
    /// - Returns: whether it is Redis that gave it.
    public func ping() throws -> Bool {
        try store { store, _ in
            try store.ping()
            return store.isShared
        }
    }

    /// Does an operation on the store; `isRepeatable` tells whether it comes to the same when it is
    /// done twice.
    func store<Value>(
        isRepeatable: Bool = true, _ work: (any CacheStore, _ prefix: String) throws -> Value
    ) throws -> Value {
        try translated {
            try session.attempt(isRepeatable: isRepeatable) { try work($0, prefix()) }
        }
    }

    private func translated<Value>(_ work: () throws -> Value) throws -> Value {
        do {
            return try work()
        } catch let error as CacheError {
            guard let failure = error.failure else { throw error }
            Log.error("The cache failed a request.", ["error": error.description])
            throw failure
        }
    }

    /// A time in whole milliseconds, which is what Redis counts in.
    static func milliseconds(_ duration: Duration, _ name: String) throws -> Int64 {
        let (seconds, attoseconds) = duration.components
        // A century is far from what overflows there.
        guard (0...3_155_760_000).contains(seconds) else { throw invalid(name) }
        let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000
        guard milliseconds > 0 else { throw invalid(name) }
        return milliseconds
    }

    private static func invalid(_ name: String) -> CacheError {
        .usage("\(name) of the cache must be a millisecond or more, and a century at most.")
    }
}
