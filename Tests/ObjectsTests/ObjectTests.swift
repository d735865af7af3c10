import FunctionCrypto
import FunctionRuntime
import Glibc
import Testing

@testable import LocalRunner
@testable import TestSupport

/// Objects in one piece.
@Suite struct ObjectTests {
    private let server: ObjectsServer

    init() throws {
        server = try ObjectsServer()
        try server.service.createBuckets(["things"])
    }

    private func put(_ key: String, _ text: String, _ headers: Headers = [:]) throws -> Answer {
        try server.send("PUT", "/things/\(key)", headers: headers, body: Array(text.utf8))
    }

    @Test func `an object comes back as it was put, with all that was said of it`() throws {
        let put = try put(
            "a/b%20c",
            "hello",
            [
                "content-type": "text/plain", "cache-control": "no-store",
                "content-encoding": "aws-chunked,gzip", "x-amz-meta-color": "red",
            ])
        #expect(put.status == 200)
        #expect(put.headers["etag"] == "\"5d41402abc4b2a76b9719d911017c592\"")

        let got = try server.send("GET", "/things/a/b%20c")
        #expect(got.text == "hello")
        #expect(got.headers["content-type"] == "text/plain")
        #expect(got.headers["cache-control"] == "no-store")
        #expect(got.headers["content-encoding"] == "gzip")
        #expect(got.headers["x-amz-meta-color"] == "red")
        let head = try server.send("HEAD", "/things/a/b%20c")
        #expect(head.status == 200)
        #expect(head.body.isEmpty)
        #expect(head.headers["content-length"] == "5")
    }

    /// Small ones lie in the database, larger ones in files.
    @Test(arguments: [0, 1, 16 << 10, 16 << 10 + 1, 3 << 20])
    func `objects of every size`(size: Int) throws {
        let body = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        #expect(try server.send("PUT", "/things/k", body: body).status == 200)
        #expect(try server.send("GET", "/things/k").body == body)
        #expect(try server.bodies.count == (size > 16 << 10 ? 1 : 0))
        #expect(try server.send("DELETE", "/things/k").status == 204)
        #expect(try server.bodies.isEmpty)
        #expect(try server.send("DELETE", "/things/k").status == 204)
    }

    @Test func `what replaces an object leaves nothing of it behind`() throws {
        for byte in UInt8(0)..<5 {
            try server.send(
                "PUT", "/things/k", body: [UInt8](repeating: byte, count: 100_000))
        }
        #expect(try server.bodies.count == 1)
        #expect(try server.send("GET", "/things/k").body.last == 4)
    }

    @Test(arguments: [
        ("bytes=0-3", "0123", "bytes 0-3/10"), ("bytes=7-", "789", "bytes 7-9/10"),
        ("bytes=-2", "89", "bytes 8-9/10"), ("bytes=5-99", "56789", "bytes 5-9/10"),
        ("bytes=-99", "0123456789", "bytes 0-9/10"),
    ])
    func `ranges`(range: String, text: String, field: String) throws {
        _ = try put("digits", "0123456789")
        let answer = try server.send("GET", "/things/digits", headers: ["range": range])
        #expect(answer.status == 206)
        #expect(answer.text == text)
        #expect(answer.headers["content-range"] == field)
        let head = try server.send("HEAD", "/things/digits", headers: ["range": range])
        #expect(head.status == 206)
        #expect(head.headers["content-length"] == String(text.utf8.count))
    }

    @Test(arguments: [("digits", "bytes=10-"), ("digits", "bytes=-0"), ("empty", "bytes=0-")])
    func `ranges behind the end`(key: String, range: String) throws {
        _ = try put("digits", "0123456789")
        _ = try put("empty", "")
        let answer = try server.send("GET", "/things/\(key)", headers: ["range": range])
        #expect(answer.status == 416)
        #expect(try ObjectsServer.code(answer) == "InvalidRange")
        #expect(answer.headers["content-range"] == "bytes */\(key == "empty" ? 0 : 10)")
    }

    @Test func `reads on condition`() throws {
        let etag = try #require(try put("k", "v").headers["etag"])
        let other = "\"00\""
        let (past, future) = ("Sat, 01 Jan 2000 00:00:00 GMT", "Fri, 01 Jan 2100 00:00:00 GMT")
        let cases: [(Headers, Int)] = [
            (["if-match": etag], 200), (["if-match": other], 412),
            (["if-none-match": etag], 304), (["if-none-match": other], 200),
            (["if-modified-since": past], 200),
            (["if-unmodified-since": past], 412), (["if-unmodified-since": future], 200),
            (["if-match": etag, "if-unmodified-since": past], 200),
            (["if-none-match": other, "if-modified-since": future], 200),
        ]
        for (headers, status) in cases {
            for method in ["GET", "HEAD"] {
                let answer = try server.send(method, "/things/k", headers: headers)
                #expect(answer.status == status, "\(method) \(headers)")
                if status == 304 { #expect(answer.body.isEmpty && answer.headers["etag"] == etag) }
            }
        }
    }

    @Test func `writes on condition`() throws {
        #expect(try put("k", "1", ["if-match": "\"00\""]).status == 404)
        let first = try put("k", "1", ["if-none-match": "*"])
        #expect(first.status == 200)
        #expect(try put("k", "2", ["if-none-match": "*"]).status == 412)
        #expect(try put("k", "2", ["if-match": "\"00\""]).status == 412)
        #expect(try put("k", "2", ["if-match": first.headers["etag"] ?? ""]).status == 200)
        #expect(try server.send("GET", "/things/k").text == "2")
    }

    @Test func `of a hundred who want to be the first exactly one is`() async throws {
        let server = server
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for index in 0..<100 {
                group.addTask {
                    let size = index % 2 == 0 ? 10 : 20_000
                    return try server.send(
                        "PUT", "/things/k", headers: ["if-none-match": "*"],
                        body: [UInt8](repeating: UInt8(index), count: size)
                    ).status
                }
            }
            return try await group.reduce(into: [Int]()) { $0.append($1) }
        }
        #expect(statuses.count { $0 == 200 } == 1)
        #expect(statuses.count { $0 == 412 } == 99)
        #expect(try server.bodies.count <= 1)
    }

    @Test func `a copy is the source with what the client says anew`() throws {
        _ = try put("source", "text", ["x-amz-meta-a": "1", "content-type": "text/plain"])
        let copy = try server.send(
            "PUT", "/things/copy", headers: ["x-amz-copy-source": "/things/source"])
        #expect(copy.status == 200)
        #expect(try server.send("GET", "/things/copy").headers["x-amz-meta-a"] == "1")
        try server.send(
            "PUT", "/things/copy",
            headers: [
                "x-amz-copy-source": "things/source", "x-amz-metadata-directive": "REPLACE",
                "x-amz-meta-b": "2",
            ])
        let replaced = try server.send("GET", "/things/copy")
        #expect(replaced.text == "text")
        #expect(replaced.headers["x-amz-meta-a"] == nil)
        #expect(replaced.headers["x-amz-meta-b"] == "2")

        let itself = try server.send(
            "PUT", "/things/source", headers: ["x-amz-copy-source": "/things/source"])
        #expect(try ObjectsServer.code(itself) == "InvalidRequest")
        let refused = try server.send(
            "PUT", "/things/copy",
            headers: [
                "x-amz-copy-source": "/things/source", "x-amz-copy-source-if-match": "\"00\"",
            ])
        #expect(refused.status == 412)
        let missing = try server.send(
            "PUT", "/things/copy", headers: ["x-amz-copy-source": "/things/nothing"])
        #expect(try ObjectsServer.code(missing) == "NoSuchKey")
    }

    @Test func `what was put is there after the next start`() throws {
        _ = try put("small", "text")
        try server.send("PUT", "/things/large", body: [UInt8](repeating: 7, count: 50_000))
        let orphan = server.folder.path + "/state/objects/0123"
        try server.folder.write("half a body", to: "state/objects/0123")
        let again = try ObjectsServer(in: server.folder)
        #expect(try again.send("GET", "/things/small").text == "text")
        #expect(try again.send("GET", "/things/large").body.count == 50_000)
        #expect(access(orphan, F_OK) != 0)
    }
}
