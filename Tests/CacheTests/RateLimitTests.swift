import Dispatch
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import FunctionCache
@testable import LocalRunner

@Suite struct RateLimitTests {
    @Test(arguments: Place.allCases)
    func `as much as the limit is allowed within a window`(place: Place) throws {
        let cache = try Bench(place).cache
        let verdicts = try (0..<5).map { _ in
            try cache.hit("k", limit: 3, window: .seconds(900))
        }
        #expect(verdicts.map(\.isAllowed) == [true, true, true, false, false])
        #expect(verdicts.map(\.remaining) == [2, 1, 0, 0, 0])
        #expect(verdicts[2].retryAfter == 0)
        let wait = try #require(verdicts[4].retryAfter)
        #expect(wait > 0 && wait <= 900_000)
        #expect(try cache.hit("other", limit: 3, window: .seconds(900)).isAllowed)
        #expect(try cache.lifetime(of: "k") != .unlimited)
    }

    @Test(arguments: Place.allCases)
    func `a cost is taken whole or not at all`(place: Place) throws {
        let cache = try Bench(place).cache
        func hit(_ cost: Int) throws -> RateLimit {
            try cache.hit("k", limit: 10, window: .seconds(900), cost: cost)
        }
        #expect(try hit(7).remaining == 3)
        #expect(try hit(4).isAllowed == false)
        #expect(try hit(4).remaining == 3)
        #expect(try hit(3).remaining == 0)
        #expect(try hit(11) == RateLimit(isAllowed: false, remaining: 0, retryAfter: nil))
        #expect(throws: CacheError.self) { try hit(0) }
        #expect(throws: CacheError.self) {
            try cache.hit("k", limit: 0, window: .seconds(1))
        }
    }

    @Test(arguments: Place.allCases)
    func `after the time that it names there is room again`(place: Place) throws {
        let bench = try Bench(place)
        for _ in 0..<3 {
            var verdict = try bench.cache.hit("k", limit: 2, window: .milliseconds(200))
            for _ in 0..<1000 where verdict.isAllowed {
                verdict = try bench.cache.hit("k", limit: 2, window: .milliseconds(200))
            }
            try bench.pass(milliseconds: #require(verdict.retryAfter))
            #expect(try bench.cache.hit("k", limit: 2, window: .milliseconds(200)).isAllowed)
        }
    }

    @Test func `the window slides, and what is refused is not counted`() throws {
        let bench = try Bench(.memory)
        func hit() throws -> RateLimit {
            try bench.cache.hit("k", limit: 2, window: .seconds(10))
        }
        #expect(try hit().isAllowed)
        bench.pass(milliseconds: 6000)
        #expect(try hit().isAllowed)
        for _ in 0..<3 {
            bench.pass(milliseconds: 1000)
            #expect(try !hit().isAllowed)
        }
        bench.pass(milliseconds: 999)
        #expect(try hit() == RateLimit(isAllowed: false, remaining: 0, retryAfter: 1))
        bench.pass(milliseconds: 1)
        #expect(try hit().isAllowed)
        #expect(try hit().retryAfter == 6000)
        #expect(try hit().retryAfterSeconds == 6)
        bench.pass(milliseconds: 5999)
        #expect(try !hit().isAllowed)
        bench.pass(milliseconds: 1)
        #expect(try hit().isAllowed)
    }

    @Test func `of many at once over several connections exactly the limit is allowed`() throws {
        let prefix = UUID().uuidString + ":"
        let allowed = Atomic(0)
        let asked = Atomic(0)
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            guard let cache = try? Bench.connect(prefix: prefix) else { return }
            for _ in 0..<100 {
                guard let verdict = try? cache.hit("k", limit: 137, window: .seconds(900)) else {
                    return
                }
                asked.add(1, ordering: .relaxed)
                if verdict.isAllowed { allowed.add(1, ordering: .relaxed) }
            }
        }
        #expect(asked.load(ordering: .relaxed) == 800)
        #expect(allowed.load(ordering: .relaxed) == 137)
        #expect(try Bench.connect(prefix: prefix).sortedSet("k").count() == 137)
    }

    @Test func `of many at once exactly one sets what must be absent`() throws {
        let prefix = UUID().uuidString + ":"
        let won = Atomic(0)
        DispatchQueue.concurrentPerform(iterations: 8) { number in
            guard let cache = try? Bench.connect(prefix: prefix) else { return }
            for key in 0..<50 {
                let isFirst = try? cache.set(
                    "k\(key)", text: "\(number)", expiry: .seconds(900), ifAbsent: true)
                if isFirst == true { won.add(1, ordering: .relaxed) }
                _ = try? cache.increment("sum", expiry: .seconds(900))
            }
        }
        #expect(won.load(ordering: .relaxed) == 50)
        #expect(try Bench.connect(prefix: prefix).text("sum") == "400")
    }

    @Test func `a flood of keys that expire does not stay in memory`() throws {
        let bench = try Bench(.memory)
        for number in 0..<5000 {
            _ = try bench.cache.hit("\(number)", limit: 1, window: .milliseconds(1))
            bench.pass(milliseconds: 1)
        }
        #expect(try bench.cache.hit("4999", limit: 1, window: .milliseconds(1)).isAllowed)
    }
}
