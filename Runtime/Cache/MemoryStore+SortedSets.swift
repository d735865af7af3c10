/// Sorted sets in memory.
extension MemoryStore {
    func add(_ members: [ScoredMember], to key: String) throws -> Int {
        try change(key, for: "ZADD") { set in
            members.count { set.set($0.member, to: $0.score) }
        }
    }

    func add(_ amount: Double, toScoreOf member: String, in key: String) throws -> Double {
        try change(key, for: "ZINCRBY") { set in
            let sum = (set.score(of: member) ?? 0) + amount
            guard !sum.isNaN else {
                throw CacheError.refused("ZINCRBY", "ERR resulting score is not a number (NaN)")
            }
            _ = set.set(member, to: sum)
            return sum
        }
    }

    func remove(_ members: [String], from key: String) throws -> Int {
        try change(key, for: "ZREM") { set in members.count { set.remove($0) } }
    }

    func score(of member: String, in key: String) throws -> Double? {
        try scored(key, for: "ZSCORE").score(of: member)
    }

    func rank(of member: String, in key: String, descending: Bool) throws -> Int? {
        let set = try scored(key, for: descending ? "ZREVRANK" : "ZRANK")
        return set.rank(of: member).map { descending ? set.members.count - 1 - $0 : $0 }
    }

    func count(of key: String, scores: ClosedRange<Double>) throws -> Int {
        try scored(key, for: "ZCOUNT").range(of: scores).count
    }

    func members(
        of key: String, from first: Int, to last: Int, descending: Bool
    ) throws -> [ScoredMember] {
        let set = try scored(key, for: descending ? "ZREVRANGE" : "ZRANGE")
        let places = set.range(from: first, to: last)
        guard descending else { return Array(set.members[places]) }
        let count = set.members.count
        return set.members[count - places.upperBound..<count - places.lowerBound].reversed()
    }

    func members(
        of key: String, scores: ClosedRange<Double>, limit: Int?, descending: Bool
    ) throws -> [ScoredMember] {
        let set = try scored(key, for: descending ? "ZREVRANGEBYSCORE" : "ZRANGEBYSCORE")
        let within = set.members[set.range(of: scores)]
        let count = limit ?? within.count
        return descending ? Array(within.reversed().prefix(count)) : Array(within.prefix(count))
    }

    func removeMembers(of key: String, from first: Int, to last: Int) throws -> Int {
        try change(key, for: "ZREMRANGEBYRANK") { set in
            let places = set.range(from: first, to: last)
            set.remove(places)
            return places.count
        }
    }

    func removeMembers(of key: String, scores: ClosedRange<Double>) throws -> Int {
        try change(key, for: "ZREMRANGEBYSCORE") { set in
            let places = set.range(of: scores)
            set.remove(places)
            return places.count
        }
    }

    private func change<Value>(
        _ key: String, for command: String, _ work: (inout ScoredSet) throws -> Value
    ) throws -> Value {
        var set = try scored(key, for: command)
        let value = try work(&set)
        put(set, at: key)
        return value
    }
}
