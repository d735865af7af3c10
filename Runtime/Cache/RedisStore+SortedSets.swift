/// Sorted sets in Redis.
extension RedisStore {
    func add(_ members: [ScoredMember], to key: String) throws -> Int {
        try integer(
            "ZADD", [key.bytes] + members.flatMap { [Self.text($0.score), $0.member.bytes] })
    }

    func add(_ amount: Double, toScoreOf member: String, in key: String) throws -> Double {
        let found = try bytes("ZINCRBY", [key.bytes, Self.text(amount), member.bytes])
        return try Self.number(found ?? [], of: "ZINCRBY")
    }

    func remove(_ members: [String], from key: String) throws -> Int {
        try integer("ZREM", [key.bytes] + members.map(\.bytes))
    }

    func score(of member: String, in key: String) throws -> Double? {
        try bytes("ZSCORE", [key.bytes, member.bytes]).map { try Self.number($0, of: "ZSCORE") }
    }

    func rank(of member: String, in key: String, descending: Bool) throws -> Int? {
        let command = descending ? "ZREVRANK" : "ZRANK"
        let reply = try connection.run(command, [key.bytes, member.bytes])
        switch reply {
        case .null: return nil
        case .integer(let rank): return rank
        default: throw CacheError.unexpected(command: command, found: reply.kind)
        }
    }

    func count(of key: String, scores: ClosedRange<Double>) throws -> Int {
        try integer("ZCOUNT", [key.bytes] + Self.bounds(scores))
    }

    func members(
        of key: String, from first: Int, to last: Int, descending: Bool
    ) throws -> [ScoredMember] {
        let command = descending ? "ZREVRANGE" : "ZRANGE"
        return try members(
            command, [key.bytes, String(first).bytes, String(last).bytes, "WITHSCORES".bytes])
    }

    func members(
        of key: String, scores: ClosedRange<Double>, limit: Int?, descending: Bool
    ) throws -> [ScoredMember] {
        let bounds = Self.bounds(scores)
        let limits = limit.map { ["LIMIT", "0", String($0)].map(\.bytes) } ?? []
        return try members(
            descending ? "ZREVRANGEBYSCORE" : "ZRANGEBYSCORE",
            [key.bytes] + (descending ? bounds.reversed() : bounds) + ["WITHSCORES".bytes] + limits)
    }

    func removeMembers(of key: String, from first: Int, to last: Int) throws -> Int {
        try integer("ZREMRANGEBYRANK", [key.bytes, String(first).bytes, String(last).bytes])
    }

    func removeMembers(of key: String, scores: ClosedRange<Double>) throws -> Int {
        try integer("ZREMRANGEBYSCORE", [key.bytes] + Self.bounds(scores))
    }

    private func members(_ command: String, _ arguments: [[UInt8]]) throws -> [ScoredMember] {
        let parts = try array(command, arguments)
        return try stride(from: 0, to: parts.count - 1, by: 2).map { index in
            guard case .bytes(let member) = parts[index], case .bytes(let score) = parts[index + 1],
                let member = String(validating: member, as: UTF8.self)
            else {
                throw CacheError.unexpected(command: command, found: "a member that is not text")
            }
            return ScoredMember(member, score: try Self.number(score, of: command))
        }
    }

    private static func bounds(_ scores: ClosedRange<Double>) -> [[UInt8]] {
        [text(scores.lowerBound), text(scores.upperBound)]
    }

    /// Swift and C write and read the same numbers, `inf` included.
    private static func text(_ score: Double) -> [UInt8] { "\(score)".bytes }

    private static func number(_ bytes: [UInt8], of command: String) throws -> Double {
        guard let number = Double(String(decoding: bytes, as: UTF8.self)) else {
            throw CacheError.unexpected(command: command, found: "what is not a number")
        }
        return number
    }
}
