public import FunctionRuntime

/// Answers of another source, such as a database, that are kept for a while and made void together.
///
/// ```swift
/// let sessions = cache.group("sessions")
/// let found = try sessions.find(hash, at: request.time, as: Session.self)
/// if let session = found.value { return session }
/// // … asks the database …
/// try sessions.keep(session, as: found, at: request.time, for: .seconds(60))
/// ```
///
/// Each carries the mark of its generation, which is read before the source is asked. Whoever
/// changes the source sets another mark when that is done, and so makes void all that is kept, and
/// also what was asked for before and is put there afterwards. A mark is random: one that Redis
/// has lost never comes again.
///
/// In the memory of a process nothing is kept, as the other processes could not make it void. Where
/// Redis cannot be reached for a change, what is kept outlives it, no longer than it was kept for.
public struct CacheGroup {
    let cache: Cache
    let name: String

    /// What was found, and under which mark something may be kept in its place.
    public struct Found<Value> {
        public let value: Value?
        fileprivate let key: String
        fileprivate let mark: String?
    }

    private struct Kept<Value: Codable>: Codable {
        var mark: String
        /// By the clock of requests, which may run ahead of that of Redis.
        var until: Timestamp
        var value: Value
    }

    /// Looks for what is kept under a key.
    public func find<Value: Codable>(
        _ key: String, at time: Timestamp, as type: Value.Type = Value.self
    ) throws -> Found<Value> {
        let key = "\(name):\(key)"
        guard try cache.isShared else { return Found(value: nil, key: key, mark: nil) }
        guard let mark = try cache.text(name) else {
            // Whoever comes first sets it; this answer is not kept yet.
            try cache.set(name, text: Self.makeMark(), ifAbsent: true)
            return Found(value: nil, key: key, mark: nil)
        }
        let kept = try cache.json(key, as: Kept<Value>.self)
        let isValid = kept.map { $0.mark == mark && time < $0.until } ?? false
        return Found(value: isValid ? kept?.value : nil, key: key, mark: mark)
    }

    /// Keeps what the source has answered since something was looked for.
    public func keep<Value: Codable>(
        _ value: Value, as found: Found<Value>, at time: Timestamp, for lifetime: Duration
    ) throws {
        guard let mark = found.mark else { return }
        let milliseconds = try Cache.milliseconds(lifetime, "A lifetime")
        let until = Timestamp(milliseconds: time.milliseconds + milliseconds)
        try cache.set(
            found.key, json: Kept(mark: mark, until: until, value: value), expiry: lifetime)
    }

    /// Makes void what is kept; to be called once the source has the change.
    public func forgetAll() throws {
        guard try cache.isShared else { return }
        try cache.set(name, text: Self.makeMark())
    }

    private static func makeMark() -> String {
        (0..<2).map { _ in String(UInt64.random(in: .min ... .max), radix: 36) }.joined()
    }
}

extension Cache {
    /// Answers that are made void together, under keys that begin with its name.
    public func group(_ name: String) -> CacheGroup {
        CacheGroup(cache: self, name: name)
    }
}
