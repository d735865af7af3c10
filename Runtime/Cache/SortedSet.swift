/// A set in the cache whose members have scores, and stand in their order.
///
/// ```swift
/// let board = cache.sortedSet("scores")
/// try board.add("ana", score: 12)
/// try board.members(to: 9, descending: true)   // the best ten
/// ```
///
/// Ranks count from 0, and from the end where they are negative: -1 is the last. Members of one
/// score stand in the order of their bytes. A set that has lost its last member is gone.
public struct SortedSet {
    let cache: Cache
    let key: String

    /// Adds a member, or moves it to another score.
    ///
    /// - Returns: whether it is new.
    @discardableResult
    public func add(_ member: String, score: Double) throws -> Bool {
        try add([ScoredMember(member, score: score)]) == 1
    }

    /// Adds members, and says how many are new.
    @discardableResult
    public func add(_ members: [ScoredMember]) throws -> Int {
        guard !members.isEmpty else { return 0 }
        guard !members.contains(where: \.score.isNaN) else { throw Self.noNumber }
        return try change { try $0.add(members, to: $1) }
    }

    /// Adds to a member's score, which is 0 where it is not in the set.
    ///
    /// - Returns: the sum.
    @discardableResult
    public func add(_ amount: Double, toScoreOf member: String) throws -> Double {
        guard !amount.isNaN else { throw Self.noNumber }
        return try change { try $0.add(amount, toScoreOf: member, in: $1) }
    }

    /// Removes members, and says how many there were.
    @discardableResult
    public func remove(_ members: String...) throws -> Int {
        guard !members.isEmpty else { return 0 }
        return try change { try $0.remove(members, from: $1) }
    }

    /// Removes the members whose scores lie within, and says how many there were.
    @discardableResult
    public func remove(scores: ClosedRange<Double>) throws -> Int {
        try change { try $0.removeMembers(of: $1, scores: scores) }
    }

    /// Keeps so many of the highest scores, and says how many others there were.
    @discardableResult
    public func keepHighest(_ count: Int) throws -> Int {
        guard count >= 0 else { throw CacheError.usage("A set cannot keep \(count) members.") }
        return try change { try $0.removeMembers(of: $1, from: 0, to: -count - 1) }
    }

    /// Keeps so many of the lowest scores, and says how many others there were.
    @discardableResult
    public func keepLowest(_ count: Int) throws -> Int {
        guard count >= 0 else { throw CacheError.usage("A set cannot keep \(count) members.") }
        return try change { try $0.removeMembers(of: $1, from: count, to: -1) }
    }

    public func score(of member: String) throws -> Double? {
        try read { try $0.score(of: member, in: $1) }
    }

    /// How many members stand before this one; nil where it is not in the set.
    public func rank(of member: String, descending: Bool = false) throws -> Int? {
        try read { try $0.rank(of: member, in: $1, descending: descending) }
    }

    /// How many members have a score that lies within.
    public func count(scores: ClosedRange<Double> = -.infinity ... .infinity) throws -> Int {
        try read { try $0.count(of: $1, scores: scores) }
    }

    /// The members from one rank to another, both included.
    public func members(
        from first: Int = 0, to last: Int = -1, descending: Bool = false
    ) throws -> [ScoredMember] {
        try read { try $0.members(of: $1, from: first, to: last, descending: descending) }
    }

    /// The members whose scores lie within; the first `limit` of them.
    public func members(
        scores: ClosedRange<Double>, limit: Int? = nil, descending: Bool = false
    ) throws -> [ScoredMember] {
        guard limit ?? 0 >= 0 else { throw CacheError.usage("A limit is not negative.") }
        return try read {
            try $0.members(of: $1, scores: scores, limit: limit, descending: descending)
        }
    }

    private static let noNumber = CacheError.usage("A score must be a number.")

    private func read<Value>(_ work: (any CacheStore, String) throws -> Value) throws -> Value {
        try cache.store { try work($0, $1 + key) }
    }

    private func change<Value>(_ work: (any CacheStore, String) throws -> Value) throws -> Value {
        try cache.store(isRepeatable: false) { try work($0, $1 + key) }
    }
}

extension Cache {
    /// A sorted set; it is there as soon as it has a member.
    public func sortedSet(_ key: String) -> SortedSet {
        SortedSet(cache: self, key: key)
    }
}
