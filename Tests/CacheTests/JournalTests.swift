import Dispatch
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import FunctionCache
@testable import LocalRunner

@Suite struct JournalTests {
    private static func drafts(_ channels: String...) -> [Journal.Draft] {
        channels.enumerated().map { .init($0.element, "\($0.offset)".bytes) }
    }

    @Test func `entries of a channel are linked, and read in order`() throws {
        let journal = try Bench(.redis).cache.journal("j")
        #expect(try journal.last(of: ["a", "b"]) == [.start, .start])
        #expect(try journal.read(limit: 10).isEmpty)
        let first = try #require(try journal.append(Self.drafts("a", "b", "a")))
        let second = try #require(try journal.append(Self.drafts("b", "a")))

        #expect(first.map(\.previousID) == [.start, .start, first[0].id])
        #expect(second.map(\.previousID) == [first[1].id, first[2].id])
        let ids = (first + second).map(\.id)
        #expect(ids == ids.sorted() && Set(ids).count == 5)
        #expect(try journal.last(of: ["b", "none", "a"]) == [second[0].id, .start, second[1].id])
        let all = try journal.read(limit: 10)
        #expect(all.map(\.id) == ids)
        #expect(all.map(\.channel) == ["a", "b", "a", "b", "a"])
        #expect(all.map(\.content) == ["0", "1", "2", "0", "1"].map(\.bytes))
        #expect(try journal.read(after: ids[1], limit: 2).map(\.id) == Array(ids[2...3]))
        #expect(try journal.read(after: ids[4], limit: 2).isEmpty)
    }

    @Test func `channels and contents are any bytes, also many`() throws {
        let journal = try Bench(.redis).cache.journal("j")
        let contents = [
            [], [0], Array(0...255), "\r\n$5\r\n".bytes, .init(repeating: 7, count: 1 << 20),
        ]
        for channel in ["", " ", "a\0b", "🌋", "channel"] {
            let drafts = contents.map { Journal.Draft(channel, $0) }
            let receipts = try #require(try journal.append(drafts))
            let found = try journal.read(after: receipts[0].id, limit: 10)
            #expect(found.map(\.content) == Array(contents.dropFirst()))
            #expect(found.allSatisfy { $0.channel == channel })
        }
        let many = (0..<3000).map { Journal.Draft("many", "\($0)".bytes) }
        #expect(try journal.append(many)?.count == 3000)
        #expect(try journal.append([]) == [])
        #expect(throws: CacheError.self) { try journal.read(limit: 0) }
    }

    @Test func `the oldest entries go, and the last id of their channel stays`() throws {
        let journal = try Bench(.redis).cache.journal("j", capacity: 200)
        let quiet = try #require(try journal.append(Self.drafts("quiet"))).map(\.id)
        for _ in 0..<20 { _ = try journal.append(.init(repeating: .init("loud", []), count: 50)) }
        let left = try journal.read(after: quiet[0], limit: 2000)
        #expect((200...400).contains(left.count))
        #expect(try journal.read(limit: 1) == Array(left.prefix(1)))
        #expect(try journal.last(of: ["quiet", "loud"]) == [quiet[0], left[left.count - 1].id])
    }

    @Test func `of many writers each entry follows the one before it`() throws {
        let prefix = UUID().uuidString + ":"
        let receipts = Mutex<[Journal.Receipt]>([])
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            guard let journal = try? Bench.connect(prefix: prefix).journal("j") else { return }
            for _ in 0..<50 {
                guard let made = try? journal.append(Self.drafts("a", "b")) else { return }
                receipts.withLock { $0.append(made[0]) }
            }
        }
        let sorted = receipts.withLock { $0 }.sorted { $0.id < $1.id }
        #expect(sorted.count == 400)
        #expect(sorted.map(\.previousID) == [.start] + sorted.dropLast().map(\.id))
    }

    @Test func `without a Redis nothing is kept, and nobody is told otherwise`() throws {
        let journal = try Bench(.memory).cache.journal("j")
        #expect(try journal.append(Self.drafts("a")) == nil)
        #expect(try journal.last(of: ["a"]) == nil)
        #expect(try journal.read(limit: 1).isEmpty)
    }

    @Test func `a key of another type is refused by name`() throws {
        let cache = try Bench(.redis).cache
        try cache.set("text", text: "secret")
        let journal = cache.journal("text")
        #expect(throws: CacheError.wrongType("journal")) { try journal.append(Self.drafts("a")) }
        #expect(throws: CacheError.wrongType("XRANGE")) { try journal.read(limit: 1) }
    }

    @Test(arguments: [
        "", "1", "1-", "-1", "1-2-3", "+1-2", " 1-2", "1-2 ", "a-b", "99999999999999999999-0",
    ])
    func `what is no id is none`(text: String) {
        #expect(Journal.ID(text) == nil)
    }

    @Test func `ids are ordered as numbers`() throws {
        let ids = try ["0-0", "9-0", "10-0", "10-9", "10-10"].map { try #require(Journal.ID($0)) }
        #expect(ids == ids.reversed().sorted())
        #expect(ids.map(\.description) == ["0-0", "9-0", "10-0", "10-9", "10-10"])
        #expect(ids[0] == .start)
    }
}
