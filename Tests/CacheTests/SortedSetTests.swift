import Testing

@testable import FunctionCache

@Suite struct SortedSetTests {
    private static func names(_ members: [ScoredMember]) -> [String] { members.map(\.member) }

    @Test(arguments: Place.allCases)
    func `members stand in the order of scores, then of bytes`(place: Place) throws {
        let set = try Bench(place).cache.sortedSet("z")
        #expect(try set.add("c", score: 2))
        #expect(
            try set.add([
                .init("b", score: 2), .init("a", score: 3), .init("B", score: 2),
                .init("e\u{301}", score: 2), .init("\u{E9}", score: 2), .init("", score: -1.5),
                .init("low", score: -.infinity), .init("high", score: .infinity),
            ]) == 8)
        let order = ["low", "", "B", "b", "c", "e\u{301}", "\u{E9}", "a", "high"]
        let found = try set.members()
        #expect(found.map(\.member.bytes) == order.map(\.bytes))
        #expect(found.map(\.score) == [-.infinity, -1.5, 2, 2, 2, 2, 2, 3, .infinity])
        #expect(try Self.names(set.members(to: 1, descending: true)) == ["high", "a"])
        #expect(try set.rank(of: "c") == 4)
        #expect(try set.rank(of: "c", descending: true) == 4)
        #expect(try set.rank(of: "high", descending: true) == 0)
        #expect(try set.rank(of: "absent") == nil)
        #expect(try set.score(of: "a") == 3)
        #expect(try set.score(of: "absent") == nil)
        #expect(try !set.add("a", score: -9))
        #expect(try set.rank(of: "a") == 1)
    }

    @Test(arguments: Place.allCases)
    func `ranks count from either end`(place: Place) throws {
        let set = try Bench(place).cache.sortedSet("z")
        try set.add((0..<5).map { .init(String($0), score: Double($0)) })
        #expect(try Self.names(set.members(from: 1, to: 2)) == ["1", "2"])
        #expect(try Self.names(set.members(from: -2)) == ["3", "4"])
        #expect(try Self.names(set.members(from: -9, to: -4)) == ["0", "1"])
        #expect(try Self.names(set.members(from: 3, to: 99)) == ["3", "4"])
        #expect(try Self.names(set.members(from: -2, descending: true)) == ["1", "0"])
        for (first, last) in [(3, 2), (5, 9), (0, -6), (-1, -2)] {
            #expect(try set.members(from: first, to: last).isEmpty)
        }
    }

    @Test(arguments: Place.allCases)
    func `members are found by their scores`(place: Place) throws {
        let set = try Bench(place).cache.sortedSet("z")
        try set.add((0..<6).map { .init("m\($0)", score: Double($0) / 2) })
        #expect(try Self.names(set.members(scores: 0.5...1.5)) == ["m1", "m2", "m3"])
        #expect(try Self.names(set.members(scores: 0.5...9, limit: 2)) == ["m1", "m2"])
        let best = try set.members(scores: 0...2, limit: 2, descending: true)
        #expect(Self.names(best) == ["m4", "m3"])
        #expect(try set.members(scores: 0...9, limit: 0).isEmpty)
        #expect(try set.members(scores: 7...9).isEmpty)
        #expect(try set.count() == 6)
        #expect(try set.count(scores: 0.5...1.5) == 3)
        #expect(try set.count(scores: 0.5.nextUp...1.5) == 2)
    }

    @Test(arguments: Place.allCases)
    func `a set is trimmed, and gone with its last member`(place: Place) throws {
        let cache = try Bench(place).cache
        let set = cache.sortedSet("z")
        try set.add((0..<10).map { .init("m\($0)", score: Double($0)) })
        #expect(try set.keepHighest(7) == 3)
        #expect(try set.keepLowest(5) == 2)
        #expect(try Self.names(set.members()) == ["m3", "m4", "m5", "m6", "m7"])
        #expect(try set.keepHighest(9) == 0)
        #expect(try set.remove(scores: 0...3.5) == 1)
        #expect(try set.remove("m4", "absent", "m4") == 1)
        #expect(try cache.expire("z", after: .seconds(60)))
        try set.add("m9", score: 1)
        #expect(try cache.lifetime(of: "z") != .unlimited)
        #expect(try set.keepLowest(0) == 4)
        #expect(try !cache.exists("z"))
        #expect(try set.count() == 0)
        #expect(try set.members().isEmpty)
    }

    @Test(arguments: Place.allCases)
    func `scores are added to`(place: Place) throws {
        let set = try Bench(place).cache.sortedSet("z")
        #expect(try set.add(0.1, toScoreOf: "a") == 0.1)
        #expect(try set.add(0.2, toScoreOf: "a") == 0.1 + 0.2)
        #expect(try set.add(-.infinity, toScoreOf: "a") == -.infinity)
        #expect(throws: CacheError.self) { try set.add(.infinity, toScoreOf: "a") }
        #expect(try set.score(of: "a") == -.infinity)
        #expect(throws: CacheError.self) { try set.add("a", score: .nan) }
        #expect(throws: CacheError.self) { try set.add(.nan, toScoreOf: "a") }
    }

    @Test(arguments: Place.allCases)
    func `operations on another type are refused by name`(place: Place) throws {
        let cache = try Bench(place).cache
        try cache.set("text", text: "secret")
        let set = cache.sortedSet("text")
        let operations: KeyValuePairs<String, () throws -> Void> = [
            "ZADD": { try set.add("a", score: 1) },
            "ZINCRBY": { try set.add(1, toScoreOf: "a") },
            "ZREM": { try set.remove("a") },
            "ZSCORE": { _ = try set.score(of: "a") },
            "ZRANK": { _ = try set.rank(of: "a") },
            "ZREVRANK": { _ = try set.rank(of: "a", descending: true) },
            "ZCOUNT": { _ = try set.count() },
            "ZRANGE": { _ = try set.members() },
            "ZREVRANGE": { _ = try set.members(descending: true) },
            "ZRANGEBYSCORE": { _ = try set.members(scores: 0...1) },
            "ZREVRANGEBYSCORE": { _ = try set.members(scores: 0...1, descending: true) },
            "ZREMRANGEBYRANK": { try set.keepLowest(1) },
            "ZREMRANGEBYSCORE": { try set.remove(scores: 0...1) },
            "rate limit": { _ = try cache.hit("text", limit: 1, window: .seconds(1)) },
        ]
        for (command, operation) in operations {
            #expect(throws: CacheError.wrongType(command)) { try operation() }
        }
        try cache.sortedSet("z").add("a", score: 1)
        #expect(throws: CacheError.wrongType("GET")) { try cache.bytes("z") }
        #expect(throws: CacheError.wrongType("INCRBY")) { try cache.increment("z") }
        #expect(throws: CacheError.wrongType("INCRBY")) {
            try cache.increment("z", expiry: .seconds(1))
        }
        #expect(try cache.texts(["z", "text"]) == [nil, "secret"])
    }
}
