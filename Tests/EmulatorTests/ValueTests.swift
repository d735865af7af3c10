import Foundation
import FunctionRuntime
import Testing

@testable import LocalRunner
@testable import TestSupport

/// developers.cloudflare.com/kv/api/{read,write,delete}-key-value-pairs and the REST API's values;
/// the cases of keys, values and expiry are those that miniflare's own tests name.
@Suite struct ValueTests {
    static let form: Headers = ["content-type": "multipart/form-data; boundary=\"b x\""]

    static func part(_ name: String, _ value: String, _ extra: String = "") -> String {
        "--b x\r\nContent-Disposition: form-data; name=\"\(name)\"\(extra)\r\n\r\n\(value)\r\n"
    }

    @Test func `a value is its bytes, whatever they are`() throws {
        let server = try EmulatedServer()
        let path = "/\(EmulatedServer.namespace)/values/k"
        let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let put = try server.keys("PUT", path, body: bytes)
        #expect(put.status == 200 && put.json["success"] == true && put.result == .null)
        let answer = try server.keys("GET", path)
        #expect(answer.body == bytes)
        #expect(answer.headers["content-type"] == "application/octet-stream")
        #expect(answer.headers["expiration"] == nil)

        #expect(try server.keys("PUT", path).status == 200)
        let empty = try server.keys("GET", path)
        #expect(empty.status == 200 && empty.body.isEmpty)
        #expect(try server.tests("DELETE", "/values/k").status == 200)
        #expect(try server.tests("GET", "/values/k").refusal == "404 10009")
        #expect(try server.tests("DELETE", "/values/k").status == 200)
    }

    @Test(arguments: [
        "a%2Fb%20c", "%E2%82%AC%F0%9F%98%80", "Key", "key", "%2E%2E%2E", "a%2e%2e", "%25", "a+b",
        "%3Fq%23f", String(repeating: "k", count: 512),
        String(repeating: "%C3%A4", count: 256),
    ])
    func `a key may hold anything that a path can encode`(key: String) throws {
        let server = try EmulatedServer()
        #expect(try server.tests("PUT", "/values/\(key)", body: key).status == 200)
        #expect(try server.tests("GET", "/values/\(key)").text == key)
        let names = try server.tests("GET", "/keys").result.elements.compactMap {
            $0["name"]?.text
        }
        #expect(names.count == 1)
        let decoded = key.removingPercentEncoding
        #expect(names.first == decoded)
    }

    @Test(arguments: [
        ("", "400 10042"), (".", "400 10042"), ("..", "400 10042"), ("%2e%2E", "400 10042"),
        ("a%00b", "400 10042"), ("%", "400 10042"), ("%zz", "400 10042"), ("%ff", "400 10042"),
        (String(repeating: "k", count: 513), "414 10030"),
        (String(repeating: "%C3%A4", count: 257), "414 10030"),
    ])
    func `an absurd key is refused, read or written`(key: String, refusal: String) throws {
        let server = try EmulatedServer()
        #expect(try server.tests("GET", "/values/\(key)").refusal == refusal)
        #expect(try server.tests("PUT", "/values/\(key)", body: "x").refusal == refusal)
        #expect(try server.tests("DELETE", "/values/\(key)").refusal == refusal)
        #expect(try server.tests("GET", "/metadata/\(key)").refusal == refusal)
        #expect(try server.tests("GET", "/keys").result == [])
    }

    @Test func `a form has a value and metadata, in either order, as fields or files`() throws {
        let server = try EmulatedServer()
        let file = "; filename=\"v\"\r\nContent-Type: application/octet-stream"
        let bodies = [
            Self.part("value", "v\r\n--b") + Self.part("metadata", #"{"a":[1,null]}"#),
            Self.part("metadata", #"{"a":[1,null]}"#) + Self.part("value", "v\r\n--b"),
            Self.part("metadata", #"{"a":[1,null]}"#, file) + Self.part("value", "v\r\n--b", file),
            "preamble\r\n" + Self.part("value", "v\r\n--b")
                + Self.part("metadata", #"{"a":[1,null]}"#),
        ]
        for (index, body) in bodies.enumerated() {
            let put = try server.tests("PUT", "/values/\(index)", Self.form, body: body + "--b x--")
            #expect(put.status == 200, "\(put.text)")
            #expect(try server.tests("GET", "/values/\(index)").text == "v\r\n--b")
            #expect(try server.tests("GET", "/metadata/\(index)").result == ["a": [1, .null]])
        }
        let alone = Self.part("value", "") + "--b x--\r\n"
        #expect(try server.tests("PUT", "/values/0", Self.form, body: alone).status == 200)
        #expect(try server.tests("GET", "/metadata/0").result == .null)
        #expect(try server.tests("GET", "/values/0").body.isEmpty)
        #expect(try server.tests("GET", "/metadata/9").refusal == "404 10009")
    }

    @Test(arguments: ["0", "false", "\"\"", "[]", "\"text\"", "-1.50"])
    func `metadata is any JSON, as it was written`(metadata: String) throws {
        let server = try EmulatedServer()
        let body = Self.part("value", "v") + Self.part("metadata", metadata) + "--b x--"
        #expect(try server.tests("PUT", "/values/k", Self.form, body: body).status == 200)
        #expect(try server.tests("GET", "/metadata/k").result == JSON(parsing: metadata))
        let key = try server.tests("GET", "/keys").result.elements.first
        #expect(try key?["metadata"] == JSON(parsing: metadata))
    }

    private static let malformed: [String: String] = [
        "": "400 10012",
        "--b x--": "400 10012",
        "garbage": "400 10012",
        "\(part("metadata", "{}"))--b x--": "400 10012",
        part("value", "v"): "400 10012",
        "--b x\r\nContent-Disp": "400 10012",
        "--b x\r\nContent-Type: text/plain\r\n\r\nv\r\n--b x--": "400 10012",
        "\(part("value", "v"))\(part("value", "w"))--b x--": "400 10012",
        "\(part("value", "v"))\(part("expiration", "60"))--b x--": "400 10012",
        "\(part("value", "v"))\(part("metadata", "{"))--b x--": "400 10047",
        "\(part("value", "v"))\(part("metadata", ""))--b x--": "400 10047",
        "\(part("value", "v"))\(part("metadata", long))--b x--": "413 10024",
    ]
    private static let long = "\"\(String(repeating: "m", count: 1023))\""

    @Test(arguments: malformed)
    func `a malformed form is refused`(body: String, refusal: String) throws {
        let server = try EmulatedServer()
        #expect(try server.tests("PUT", "/values/k", Self.form, body: body).refusal == refusal)
        let unbounded: Headers = ["content-type": "multipart/form-data"]
        #expect(try server.tests("PUT", "/values/k", unbounded, body: "x").refusal == "400 10012")
        #expect(try server.tests("GET", "/values/k").refusal == "404 10009")
    }

    @Test func `a value has 25 MiB and no byte more, and metadata 1,024 bytes`() throws {
        let server = try EmulatedServer()
        let path = "/\(EmulatedServer.namespace)/values/large"
        let limit = [UInt8](repeating: 7, count: 25 << 20)
        #expect(try server.keys("PUT", path, body: limit).status == 200)
        #expect(try server.keys("GET", path).body == limit)
        #expect(try server.keys("PUT", path, body: limit + [7]).refusal == "413 10024")
        let large = String(repeating: "v", count: 25 << 20 + 1)
        let body = Self.part("value", large) + "--b x--"
        #expect(try server.tests("PUT", "/values/k", Self.form, body: body).refusal == "413 10024")

        let most = "\"\(String(repeating: "m", count: 1022))\""
        let full = Self.part("value", "v") + Self.part("metadata", most) + "--b x--"
        #expect(try server.tests("PUT", "/values/k", Self.form, body: full).status == 200)
    }
}
