/// What keeps the values: Redis, or the memory of this process.
///
/// Both do the same; the tests hold them against each other.
/// Keys come with their prefix, and times in milliseconds that ``Cache`` has checked.
protocol CacheStore: AnyObject {
    /// Whether other processes see the same.
    var isShared: Bool { get }

    func ping() throws
    func value(of key: String) throws -> [UInt8]?
    /// The values in the order of the keys; nil too for what is no plain value.
    func values(of keys: [String]) throws -> [[UInt8]?]
    /// - Returns: whether it was set, which it is not where it must be absent and is not.
    func set(_ key: String, _ value: [UInt8], expiry: Int64?, ifAbsent: Bool) throws -> Bool
    func delete(_ keys: [String]) throws -> Int
    func exists(_ key: String) throws -> Bool
    func increment(_ key: String, by amount: Int, expiry: Int64?) throws -> Int
    /// - Returns: whether the key exists.
    func expire(_ key: String, after expiry: Int64?) throws -> Bool
    func lifetime(of key: String) throws -> Cache.Lifetime?

    func add(_ members: [ScoredMember], to key: String) throws -> Int
    func add(_ amount: Double, toScoreOf member: String, in key: String) throws -> Double
    func remove(_ members: [String], from key: String) throws -> Int
    func score(of member: String, in key: String) throws -> Double?
    func rank(of member: String, in key: String, descending: Bool) throws -> Int?
    func count(of key: String, scores: ClosedRange<Double>) throws -> Int
    func members(
        of key: String, from first: Int, to last: Int, descending: Bool
    ) throws -> [ScoredMember]
    func members(
        of key: String, scores: ClosedRange<Double>, limit: Int?, descending: Bool
    ) throws -> [ScoredMember]
    func removeMembers(of key: String, from first: Int, to last: Int) throws -> Int
    func removeMembers(of key: String, scores: ClosedRange<Double>) throws -> Int

    func hit(_ key: String, limit: Int, window: Int64, cost: Int) throws -> RateLimit

    func append(
        _ drafts: [Journal.Draft], to key: String, capacity: Int
    ) throws -> [Journal.Receipt]
    /// - Returns: the last id of each channel, in their order.
    func lastEntries(of channels: [String], in key: String) throws -> [Journal.ID]
    func entries(of key: String, after id: Journal.ID, limit: Int) throws -> [Journal.Entry]
}

/// A member of a sorted set, and its score.
public struct ScoredMember: Sendable, Equatable {
    public var member: String
    public var score: Double

    public init(_ member: String, score: Double) {
        self.member = member
        self.score = score
    }
}
