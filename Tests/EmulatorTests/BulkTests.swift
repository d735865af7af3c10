import FunctionRuntime
import Testing

@testable import LocalRunner
@testable import TestSupport

/// What developers.cloudflare.com/api/resources/kv documents of bulk requests; the texts are those
/// that the Workers runtime gives.
@Suite struct BulkTests {
    @Test func `pairs are put together, each with what it has`() throws {
        let server = try EmulatedServer()
        let put = try server.tests(
            "PUT", "/bulk",
            json: [
                ["key": "text", "value": "ü\u{0}"],
                ["key": "bytes", "value": "AAH/", "base64": true],
                ["key": "plain", "value": "AAH/", "base64": false],
                ["key": "full", "value": "v", "expiration_ttl": 90, "metadata": ["a": 1]],
                ["key": "text", "value": "last"],
            ])
        #expect(put.result == ["successful_key_count": 5, "unsuccessful_keys": []])
        #expect(try server.tests("GET", "/values/text").text == "last")
        #expect(try server.tests("GET", "/values/bytes").body == [0, 1, 255])
        #expect(try server.tests("GET", "/values/plain").text == "AAH/")
        #expect(try server.tests("GET", "/values/full").headers["expiration"] != nil)
        #expect(try server.tests("GET", "/metadata/full").result == ["a": 1])
    }

    @Test func `what cannot be put is named, and the rest is put`() throws {
        let server = try EmulatedServer()
        let long = String(repeating: "k", count: 513)
        let put = try server.tests(
            "PUT", "/bulk",
            json: [
                ["key": .string(long), "value": "v"], ["key": "..", "value": "v"],
                ["key": "", "value": "v"], ["key": "not base64", "value": "!", "base64": true],
                ["key": "too soon", "value": "v", "expiration_ttl": 59],
                [
                    "key": "metadata", "value": "v",
                    "metadata": .string(String(repeating: "m", count: 1023)),
                ],
                ["key": "good", "value": "v"],
            ])
        #expect(
            put.result == [
                "successful_key_count": 1,
                "unsuccessful_keys": [
                    .string(long), "..", "", "not base64", "too soon", "metadata",
                ],
            ])
        #expect(try server.tests("GET", "/values/good").status == 200)
    }

    @Test(arguments: [
        "{}", "[", "[{}]", #"[{"key":"k"}]"#, #"[{"key":"k","value":5}]"#,
        #"[{"key":1,"value":"v"}]"#, "[]", #""k""#, "",
    ])
    func `a malformed bulk is refused as a whole`(body: String) throws {
        let server = try EmulatedServer()
        #expect(try server.tests("PUT", "/bulk", body: body).refusal == "400 10029")
        #expect(try server.tests("GET", "/keys").result == [])
    }

    @Test func `a bulk has 10,000 pairs at most`() throws {
        let server = try EmulatedServer()
        func pairs(_ count: Int) -> JSON {
            .array((0..<count).map { ["key": .string("k\($0)"), "value": "v"] })
        }
        #expect(
            try server.tests("PUT", "/bulk", json: pairs(10_000)).result?["successful_key_count"]
                == 10_000)
        #expect(try server.tests("PUT", "/bulk", json: pairs(10_001)).refusal == "400 10029")
        let keys = JSON.array((0..<10_000).map { .string("k\($0)") })
        let gone = try server.tests("POST", "/bulk/delete", json: keys)
        #expect(gone.result == ["successful_key_count": 10_000, "unsuccessful_keys": []])
        #expect(try server.tests("GET", "/keys").result == [])
    }

    @Test func `keys are deleted together, by either address`() throws {
        let server = try EmulatedServer()
        for key in ["a", "b", "c"] { _ = try server.tests("PUT", "/values/\(key)", body: key) }
        let first = try server.tests("DELETE", "/bulk", json: ["a", "missing", ".."])
        #expect(first.result == ["successful_key_count": 2, "unsuccessful_keys": [".."]])
        let second = try server.tests("POST", "/bulk/delete", json: ["b"])
        #expect(second.result == ["successful_key_count": 1, "unsuccessful_keys": []])
        let names = try server.tests("GET", "/keys").result.elements.map { $0["name"]?.text }
        #expect(names == ["c"])
        #expect(try server.tests("POST", "/bulk/delete", json: [1]).refusal == "400 10029")
        #expect(try server.tests("POST", "/bulk/delete", json: [:]).refusal == "400 10029")
        #expect(try server.tests("POST", "/bulk", json: []).refusal == "405 10405")
    }

    @Test func `values are read together, as text or as JSON`() throws {
        let server = try EmulatedServer()
        _ = try server.tests(
            "PUT", "/bulk",
            json: [
                ["key": "object", "value": #"{"a":1}"#, "metadata": 0],
                ["key": "number", "value": "5"], ["key": "word", "value": "word"],
            ])
        func get(_ body: JSON) throws -> FunctionAnswer {
            try server.tests("POST", "/bulk/get", json: body)
        }
        #expect(
            try get(["keys": ["object", "missing", "object"]]).result
                == ["values": ["object": #"{"a":1}"#, "missing": nil]])
        #expect(
            try get(["keys": ["object", "number"], "type": "json"]).result
                == ["values": ["object": ["a": 1], "number": 5]])
        #expect(
            try get(["keys": ["object", "word", "no"], "withMetadata": true]).result
                == [
                    "values": [
                        "object": ["value": #"{"a":1}"#, "metadata": 0],
                        "word": ["value": "word", "metadata": nil], "no": nil,
                    ]
                ])
        let words = try get(["keys": ["word"], "type": "json"])
        #expect(words.refusal == "400 10029")
        #expect(words.text.contains("At least one of the requested keys corresponds to a non-json"))
    }

    @Test func `a malformed read is refused`() throws {
        let server = try EmulatedServer()
        let many = JSON.array((0..<101).map { .string("k\($0)") })
        let bodies: [(JSON, String)] = [
            ([:], "400 10029"), (["keys": []], "400 10029"), (["keys": many], "400 10029"),
            (["keys": [5]], "400 10029"), (["keys": ["k"], "type": "xml"], "400 10029"),
            (["keys": ["k"], "withMetadata": "yes"], "400 10029"), (["keys": [".."]], "400 10042"),
            (["keys": [.string(String(repeating: "k", count: 513))]], "414 10030"),
        ]
        for (body, refusal) in bodies {
            #expect(try server.tests("POST", "/bulk/get", json: body).refusal == refusal)
        }
    }

    @Test func `a read gives 25 MiB at most`() throws {
        let server = try EmulatedServer()
        let half = [UInt8](repeating: 0x61, count: 13 << 20)
        for key in ["a", "b"] {
            _ = try server.keys("PUT", "/\(EmulatedServer.namespace)/values/\(key)", body: half)
        }
        #expect(
            try server.tests("POST", "/bulk/get", json: ["keys": ["a", "b"]]).refusal
                == "413 10024")
    }
}
