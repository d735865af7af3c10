import FunctionRuntime
import Testing

@testable import FunctionHTTP

/// What Cloudflare's KV does, wherever it is played.
@Suite struct KeyValueTests {
    @Test(arguments: Target.keyValues)
    func `gives back what was put`(target: Target) throws {
        struct Link: Codable, Equatable { var to: String }
        let store = try target.namespace("driver round trip")
        try store.put("text", "Grüße")
        try store.put("bytes", bytes: [0, 255, 13, 10])
        try store.put("json", json: Link(to: "https://example.com/"))
        try store.put("empty", "")

        #expect(try store.text("text") == "Grüße")
        #expect(try store.bytes("bytes") == [0, 255, 13, 10])
        #expect(try store.value("json", as: Link.self) == Link(to: "https://example.com/"))
        #expect(try store.bytes("empty") == [])
        #expect(throws: ServiceError.self) { try store.text("bytes") }
        let error = try #require(throws: ServiceError.self) {
            try store.value("text", as: Link.self)
        }
        #expect(error.message.hasPrefix("The value is not JSON of a Link: "))
    }

    @Test(arguments: Target.keyValues)
    func `knows a key that is not there`(target: Target) throws {
        let store = try target.namespace("driver missing")
        #expect(try store.bytes("nothing") == nil)
        #expect(try store.text("nothing") == nil)
        #expect(try store.value("nothing", as: Int.self) == nil)
        #expect(try store.metadata("nothing") == nil)
        try store.delete("nothing")
        try store.put("key", "1")
        #expect(try store.value("key", as: Int.self) == 1)
        try store.delete("key")
        #expect(try store.bytes("key") == nil)
    }

    @Test(arguments: [
        "a/b c", "%2F", "?x=1&y#z", "Ärger/日本", "a+b", "...", String(repeating: "k", count: 512),
    ])
    func `takes every key`(key: String) throws {
        for target in Target.keyValues {
            let store = try target.namespace("driver key \(key.utf8.count) \(key.prefix(9))")
            try store.put(key, key, metadata: ["of": .string(key)])
            #expect(try store.text(key) == key)
            #expect(try store.keys().keys.map(\.name) == [key])
            #expect(try store.metadata(key) == ["of": .string(key)])
        }
    }

    @Test(arguments: Target.keyValues)
    func `keeps metadata and expiry`(target: Target) throws {
        let store = try target.namespace("driver expiry")
        let metadata: JSON = ["owner": "ada", "n": 7]
        let now = Current.now()
        try store.put(
            "in", bytes: [13, 10, 45, 45], expiry: .in(seconds: 3600), metadata: metadata)
        let end = Timestamp(milliseconds: now.milliseconds / 1000 * 1000).advanced(seconds: 7200)
        try store.put("at", "x", expiry: .at(end))
        try store.put("never", "x")

        #expect(try store.bytes("in") == [13, 10, 45, 45])
        #expect(try store.metadata("in") == metadata)
        #expect(try store.metadata("never") == .null)
        let keys = try store.keys().keys
        #expect(keys.map(\.name) == ["at", "in", "never"])
        #expect(keys[0].expiration == end)
        #expect(keys[1].metadata == metadata)
        let expiration = try #require(keys[1].expiration)
        #expect(expiration >= now.advanced(seconds: 3590))
        #expect(expiration <= now.advanced(seconds: 3660))
        #expect(keys[2].expiration == nil)
        #expect(keys[2].metadata == nil)

        let error = try #require(throws: ServiceError.self) {
            try store.put("soon", "x", expiry: .in(seconds: 59))
        }
        #expect(error.status == 400)
        #expect(!error.code.isEmpty)
    }

    @Test(arguments: Target.keyValues)
    func `lists by prefix and pages`(target: Target) throws {
        let store = try target.namespace("driver lists")
        #expect(try store.keys() == .init(keys: [], next: nil))
        let names = (0..<25).map { "p/\($0 + 10)" }
        #expect(try store.put((names + ["o", "q"]).map { .init($0, "x") }) == [])

        let page = try store.keys(prefix: "p/", limit: 10)
        #expect(page.keys.map(\.name) == Array(names[..<10]))
        let next = try store.keys(prefix: "p/", after: page.next, limit: 10)
        #expect(next.keys.map(\.name) == Array(names[10..<20]))
        var all: [String] = []
        try store.each(prefix: "p/") { all.append($0.name) }
        #expect(all == names)
        all = []
        try store.each { all.append($0.name) }
        #expect(all == ["o"] + names + ["q"])
    }

    @Test(arguments: Target.keyValues)
    func `puts, gets and deletes many together`(target: Target) throws {
        let store = try target.namespace("driver bulk")
        try store.put([
            .init("text", "Grüße", expiry: .in(seconds: 600), metadata: ["a": 1]),
            .init("bytes", bytes: [0xFF, 0xFE]),
        ])
        #expect(try store.bytes("bytes") == [0xFF, 0xFE])
        #expect(try store.metadata("text") == ["a": 1])
        #expect(try store.texts(["text", "nothing"]) == ["text": "Grüße"])
        try store.delete(["text", "bytes", "nothing"])
        #expect(try store.keys().keys == [])
    }

    @Test(arguments: Target.keyValues)
    func `says what is refused`(target: Target) throws {
        let store = try target.namespace("driver refusals")
        let long = try #require(throws: ServiceError.self) {
            try store.put(String(repeating: "k", count: 513), "x")
        }
        #expect(long.status == 414)
        #expect(throws: ServiceError.self) { try store.put("..", "x") }

        var namespace = try #require(store.namespace)
        namespace.token = "wrong"
        let stranger = try #require(throws: ServiceError.self) {
            try KeyValue(namespace).text("key")
        }
        #expect(stranger.status == 401 || stranger.status == 403)
        #expect(!"\(stranger)".contains("wrong"))

        namespace = try #require(store.namespace)
        namespace.id = String(repeating: "0", count: 32)
        let nowhere = try #require(throws: ServiceError.self) {
            try KeyValue(namespace).text("key")
        }
        #expect(nowhere.code == "10013")
        #expect(nowhere.status == 404)
    }

    @Test func `knows its address from the environment`() {
        #expect(
            KeyValue("link-addresses").binding == .init(kind: "key-value", name: "link-addresses"))
        let error = #expect(throws: MissingVariable.self) {
            try KeyValue("link-addresses").text("key")
        }
        #expect(error?.name == "KV_NAMESPACE_ID_LINK_ADDRESSES")
    }
}
