import FunctionRuntime
import Testing

@testable import LocalRunner
@testable import TestSupport

/// What developers.cloudflare.com/kv/api/list-keys documents.
@Suite struct KeyListTests {
    private static func put(_ keys: [String], in server: EmulatedServer) throws {
        let pairs = keys.map { JSON.object([.init("key", .string($0)), .init("value", "v")]) }
        let answer = try server.tests("PUT", "/bulk", json: .array(pairs))
        #expect(answer.result?["unsuccessful_keys"] == [])
    }

    private static func names(_ answer: FunctionAnswer) -> [String] {
        answer.result.elements.compactMap { $0["name"]?.text }
    }

    @Test func `keys come in the order of their bytes`() throws {
        let server = try EmulatedServer()
        // UTF-16 would have the emoji before U+FFEE, and a locale "a" before "B".
        try Self.put(
            ["\u{FFEE}", "b", "B", "😀", "ä", "a", "a b", "a/b", "", "aa"].filter { !$0.isEmpty },
            in: server)
        let answer = try server.tests("GET", "/keys")
        #expect(
            Self.names(answer) == ["B", "a", "a b", "a/b", "aa", "b", "ä", "\u{FFEE}", "😀"])
        #expect(answer.json["result_info"] == ["count": 9, "cursor": ""])
    }

    @Test func `a prefix is taken literally, and in its own case`() throws {
        let server = try EmulatedServer()
        try Self.put(["a%", "a%b", "ab", "a_", "A%", "a/1", "a/2", "ü", "üb", "v"], in: server)
        func list(_ prefix: String) throws -> [String] {
            Self.names(try server.tests("GET", "/keys?prefix=\(prefix)"))
        }
        #expect(try list("a%25") == ["a%", "a%b"])
        #expect(try list("a%2F") == ["a/1", "a/2"])
        #expect(try list("a_") == ["a_"])
        #expect(try list("%C3%BC") == ["ü", "üb"])
        #expect(try list("none") == [])
        #expect(try list(String(repeating: "x", count: 512)) == [])
        #expect(try server.tests("GET", "/keys?prefix=%zz").refusal == "400 10029")
        let long = String(repeating: "x", count: 513)
        #expect(try server.tests("GET", "/keys?prefix=\(long)").refusal == "414 10030")
    }

    @Test func `a cursor leads through all pages, also while keys come and go`() throws {
        let server = try EmulatedServer()
        let keys = (0..<35).map { "k\($0 < 10 ? "0" : "")\($0)" }
        try Self.put(keys + ["a", "z"], in: server)
        var seen: [String] = []
        var cursor = ""
        var sizes: [Int] = []
        repeat {
            let answer = try server.tests("GET", "/keys?limit=10&prefix=k&cursor=\(cursor)")
            seen += Self.names(answer)
            sizes.append(answer.result.elements.count)
            cursor = answer.json["result_info"]?["cursor"]?.text ?? ""
            if sizes.count == 1 {
                try Self.put(["k00a", "k12a"], in: server)
                _ = try server.tests("DELETE", "/values/k34")
            }
        } while !cursor.isEmpty
        #expect(sizes == [10, 10, 10, 5])
        #expect(seen == (keys.dropLast() + ["k12a"]).sorted())
    }

    @Test func `the last page is full, and says that it is the last`() throws {
        let server = try EmulatedServer()
        try Self.put((10..<30).map { "k\($0)" }, in: server)
        let first = try server.tests("GET", "/keys?limit=10")
        let cursor = try #require(first.json["result_info"]?["cursor"]?.text)
        #expect(!cursor.isEmpty)
        let second = try server.tests("GET", "/keys?limit=10&cursor=\(cursor)")
        #expect(second.json["result_info"] == ["count": 10, "cursor": ""])
    }

    @Test func `a page may be empty though more follow`() throws {
        let server = try EmulatedServer()
        for number in 10..<20 {
            let path = "/values/k\(number)?expiration_ttl=60"
            #expect(try server.tests("PUT", path, body: "v").status == 200)
        }
        try Self.put(["z"], in: server)
        server.stop()
        // What expires while it runs is not removed at once; it was not yet when this one started.
        let later = try EmulatedServer(in: server.folder, ahead: 30)
        let store = try KeyValueStore(in: StateFolder("\(server.folder.path)/state"))
        let now = RunnerClock(offset: 70_000).now / 1000
        let page = try store.keys(
            in: EmulatedServer.namespace, prefix: "", after: nil, limit: 10, at: now)
        #expect(page.keys.isEmpty && page.last == Array("k19".utf8))
        let rest = try store.keys(
            in: EmulatedServer.namespace, prefix: "", after: page.last, limit: 10, at: now)
        #expect(rest.keys.map(\.name) == ["z"] && rest.last == nil)
        later.stop()
    }

    @Test func `a cursor belongs to its prefix and its namespace`() throws {
        let server = try EmulatedServer()
        try Self.put((10..<30).map { "k\($0)" }, in: server)
        let answer = try server.tests("GET", "/keys?limit=10&prefix=k")
        let cursor = try #require(answer.json["result_info"]?["cursor"]?.text)
        #expect(
            try server.tests("GET", "/keys?limit=10&cursor=\(cursor)").refusal == "400 10041")
        #expect(
            try server.tests("GET", "/keys?prefix=k1&cursor=\(cursor)").refusal == "400 10041")
        let id = try #require(
            try server.keys("POST", "", json: ["title": "other"]).result?["id"]?.text)
        #expect(
            try server.keys("GET", "/\(id)/keys?prefix=k&cursor=\(cursor)").refusal == "400 10041")
        for forged in ["x", "AAAA", "%00", "\(cursor)A", String(cursor.dropLast())] {
            #expect(
                try server.tests("GET", "/keys?prefix=k&cursor=\(forged)").refusal == "400 10041")
        }
    }

    @Test(arguments: ["9", "1001", "0", "-1", "ten", ""])
    func `a limit is from 10 to 1000`(limit: String) throws {
        #expect(
            try EmulatedServer().tests("GET", "/keys?limit=\(limit)").refusal == "400 10028")
    }
}
