internal import FunctionRuntime

extension Cache {
    /// How long a key will be there.
    public enum Lifetime: Sendable, Equatable {
        case unlimited
        case ends(after: Duration)
    }

    /// The value of a key; nil where there is none.
    public func bytes(_ key: String) throws -> [UInt8]? {
        try store { try $0.value(of: $1 + key) }
    }

    /// The values of many keys, in their order, in one round trip.
    public func bytes(_ keys: [String]) throws -> [[UInt8]?] {
        guard !keys.isEmpty else { return [] }
        return try store { store, prefix in try store.values(of: keys.map { prefix + $0 }) }
    }

    /// The value of a key as text; nil where there is none, or where it is not UTF-8.
    public func text(_ key: String) throws -> String? {
        try bytes(key).flatMap(Self.text)
    }

    /// The values of many keys as text, in their order, in one round trip.
    public func texts(_ keys: [String]) throws -> [String?] {
        try bytes(keys).map { $0.flatMap(Self.text) }
    }

    /// The value of a key, decoded from JSON; nil where there is none.
    ///
    /// What does not fit the type counts as none, as an earlier release may have put it there.
    public func json<Value: Decodable>(
        _ key: String, as type: Value.Type = Value.self
    ) throws -> Value? {
        guard let bytes = try bytes(key) else { return nil }
        do {
            return try JSON(parsing: bytes).decode(as: type)
        } catch {
            Log.warning("What the cache holds is not a \(type), and is passed over.")
            return nil
        }
    }

    /// Sets a key, whatever it holds.
    ///
    /// After `expiry` it is gone; with `ifAbsent` it is only set where it is absent.
    ///
    /// - Returns: whether it was set.
    @discardableResult
    public func set(
        _ key: String, bytes: [UInt8], expiry: Duration? = nil, ifAbsent: Bool = false
    ) throws -> Bool {
        let expiry = try expiry.map { try Self.milliseconds($0, "An expiry") }
        return try store(isRepeatable: !ifAbsent) {
            try $0.set($1 + key, bytes, expiry: expiry, ifAbsent: ifAbsent)
        }
    }

    /// Sets a key to a text; see ``set(_:bytes:expiry:ifAbsent:)``.
    @discardableResult
    public func set(
        _ key: String, text: String, expiry: Duration? = nil, ifAbsent: Bool = false
    ) throws -> Bool {
        try set(key, bytes: text.bytes, expiry: expiry, ifAbsent: ifAbsent)
    }

    /// Sets a key to the JSON of a value; see ``set(_:bytes:expiry:ifAbsent:)``.
    @discardableResult
    public func set(
        _ key: String, json value: some Encodable, expiry: Duration? = nil, ifAbsent: Bool = false
    ) throws -> Bool {
        try set(
            key, bytes: try JSON(encoding: value).bytes, expiry: expiry, ifAbsent: ifAbsent)
    }

    /// Deletes keys, and says how many there were.
    @discardableResult
    public func delete(_ keys: String...) throws -> Int {
        guard !keys.isEmpty else { return 0 }
        return try store(isRepeatable: false) { store, prefix in
            try store.delete(keys.map { prefix + $0 })
        }
    }

    public func exists(_ key: String) throws -> Bool {
        try store { try $0.exists($1 + key) }
    }

    /// Adds to a whole number, which is 0 where the key is absent.
    ///
    /// The expiry counts from when the key is made; adding to it later does not move it.
    ///
    /// - Returns: the sum.
    @discardableResult
    public func increment(
        _ key: String, by amount: Int = 1, expiry: Duration? = nil
    ) throws -> Int {
        let expiry = try expiry.map { try Self.milliseconds($0, "An expiry") }
        return try store(isRepeatable: false) {
            try $0.increment($1 + key, by: amount, expiry: expiry)
        }
    }

    /// Sets when a key is gone, from now; nil for never.
    ///
    /// - Returns: whether there is such a key.
    @discardableResult
    public func expire(_ key: String, after expiry: Duration?) throws -> Bool {
        let expiry = try expiry.map { try Self.milliseconds($0, "An expiry") }
        return try store { try $0.expire($1 + key, after: expiry) }
    }

    /// How long a key will be there; nil where there is none.
    public func lifetime(of key: String) throws -> Lifetime? {
        try store { try $0.lifetime(of: $1 + key) }
    }

    /// Counts a hit against a limit within a sliding window, in one step that nothing comes between.
    ///
    /// ```swift
    /// let limit = try cache.hit("sign-in:\(address)", limit: 10, window: .seconds(60))
    /// guard limit.isAllowed else { … limit.retryAfterSeconds … }
    /// ```
    ///
    /// Exactly `limit` units are allowed within any window, at whatever moment it begins. What is
    /// refused is not counted, so one who keeps knocking is let in again as soon as there is room.
    /// The key takes memory for each unit within the window: limits are to be in the thousands at
    /// most.
    ///
    /// - Parameters:
    ///   - key: who is limited in what.
    ///   - limit: how many units within a window.
    ///   - window: how long it is.
    ///   - cost: how many units this one takes, all or none.
    /// - Returns: whether it is allowed, and if not, when it would be.
    /// - Throws: ``CacheError/usage(_:)`` for numbers that make no sense.
    public func hit(
        _ key: String, limit: Int, window: Duration, cost: Int = 1
    ) throws -> RateLimit {
        guard (1...1_000_000).contains(limit), (1...1_000_000).contains(cost) else {
            throw CacheError.usage("The limit and the cost of a hit are between 1 and 1000000.")
        }
        let window = try Self.milliseconds(window, "A window")
        return try store(isRepeatable: false) {
            try $0.hit($1 + key, limit: limit, window: window, cost: cost)
        }
    }

    private static func text(_ bytes: [UInt8]) -> String? {
        String(validating: bytes, as: UTF8.self)
    }
}
