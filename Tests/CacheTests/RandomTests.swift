import Testing

@testable import FunctionCache

/// The same operations in the same random order, on Redis and in memory: every answer is the same.
@Suite struct RandomTests {
    @Test(arguments: UInt64(1)...8)
    func `a thousand random operations have the same answers`(seed: UInt64) throws {
        let (redis, memory) = (try Bench(.redis).cache, try Bench(.memory).cache)
        var random = Random(state: seed)
        for step in 0..<1000 {
            let operation = Operation(&random)
            let (expected, found) = (operation.run(on: redis), operation.run(on: memory))
            #expect(found == expected, "at step \(step): \(operation)")
            if found != expected { return }
        }
    }
}

/// A generator that gives the same numbers for the same seed (SplitMix64).
struct Random: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// One operation on one of a few keys, so that types and members meet.
private struct Operation {
    let kind: Int
    let key: String
    let member: String
    let first: Int
    let last: Int
    let isReversed: Bool

    init(_ random: inout Random) {
        kind = .random(in: 0..<22, using: &random)
        key = "k\(Int.random(in: 0..<4, using: &random))"
        member = ["a", "b", "c", "B", "é", "", "1"].randomElement(using: &random) ?? ""
        first = .random(in: -6...6, using: &random)
        last = .random(in: -6...6, using: &random)
        isReversed = .random(using: &random)
    }

    private var scores: ClosedRange<Double> { Double(min(first, last))...Double(max(first, last)) }

    /// The answer or the error, as text.
    func run(on cache: Cache) -> String {
        do {
            return kind < 11 ? try runOnValue(of: cache) : try runOnSet(cache.sortedSet(key))
        } catch {
            return "\(error)"
        }
    }

    private func runOnValue(of cache: Cache) throws -> String {
        switch kind {
        case 0: "\(try cache.set(key, text: member, ifAbsent: isReversed))"
        case 1: "\(try cache.set(key, text: String(first)))"
        case 2: "\(String(describing: try cache.text(key)))"
        case 3: "\(try cache.texts([key, "k0", "k1"]))"
        case 4: "\(try cache.delete(key, "k\(abs(first))"))"
        case 5: "\(try cache.exists(key))"
        case 6: "\(try cache.increment(key, by: first, expiry: isReversed ? .seconds(900) : nil))"
        case 7: "\(try cache.expire(key, after: isReversed ? .seconds(900) : nil))"
        case 8: "\(try cache.lifetime(of: key).map { $0 == .unlimited } ?? false)"
        case 9: "\(try cache.set(key, text: member, expiry: .seconds(900)))"
        default: "\(try cache.hit("limit", limit: 3, window: .seconds(900), cost: 5))"
        }
    }

    private func runOnSet(_ set: SortedSet) throws -> String {
        switch kind {
        case 11, 12: "\(try set.add(member, score: Double(first)))"
        case 13: "\(try set.add(Double(last) / 4, toScoreOf: member))"
        case 14: "\(try set.remove(member, "a"))"
        case 15: "\(String(describing: try set.score(of: member)))"
        case 16: "\(String(describing: try set.rank(of: member, descending: isReversed)))"
        case 17: "\(try set.count(scores: scores))"
        case 18: "\(try set.members(from: first, to: last, descending: isReversed))"
        case 19: "\(try set.members(scores: scores, limit: abs(first), descending: isReversed))"
        case 20 where isReversed: "\(try set.keepHighest(abs(last)))"
        case 20: "\(try set.keepLowest(abs(last)))"
        default: "\(try set.remove(scores: scores))"
        }
    }
}
