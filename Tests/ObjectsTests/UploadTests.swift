import FunctionCrypto
import FunctionHTTP
import FunctionRuntime
import Testing

@testable import LocalRunner
@testable import TestSupport

/// Multipart uploads.
@Suite struct UploadTests {
    private let server: ObjectsServer
    private static let part = [UInt8](repeating: UInt8(ascii: "p"), count: 5 << 20)

    init() throws {
        server = try ObjectsServer()
        try server.service.createBuckets(["things"])
    }

    private func begin(_ headers: Headers = [:]) throws -> String {
        let answer = try server.send("POST", "/things/k?uploads", headers: headers)
        return try #require(XMLElement(document: answer.body)["UploadId"]?.text)
    }

    private func upload(_ body: [UInt8], _ number: Int, _ id: String) throws -> String {
        let answer = try server.send(
            "PUT", "/things/k?partNumber=\(number)&uploadId=\(id)", body: body)
        return try #require(answer.headers["etag"])
    }

    private func complete(
        _ id: String, _ parts: [(Int, String)], _ headers: Headers = [:]
    ) throws -> Answer {
        let list = parts.map {
            "<Part><PartNumber>\($0.0)</PartNumber><ETag>\($0.1)</ETag></Part>"
        }.joined()
        return try server.send(
            "POST", "/things/k?uploadId=\(id)", headers: headers,
            body: Array("<CompleteMultipartUpload>\(list)</CompleteMultipartUpload>".utf8))
    }

    @Test func `parts become an object whose tag names their number`() throws {
        let id = try begin(["content-type": "text/plain", "x-amz-meta-a": "1"])
        // In any order, and one of them twice.
        let last = try upload(Array("end".utf8), 7, id)
        _ = try upload([1], 1, id)
        let first = try upload(Self.part, 1, id)
        #expect(try server.send("GET", "/things/k").status == 404)
        let done = try complete(id, [(1, first), (7, last)])
        #expect(done.status == 200)

        let digests = Hash.md5.digest(of: Self.part) + Hash.md5.digest(of: "end")
        let tag = "\"\(Hex.encode(Hash.md5.digest(of: digests)))-2\""
        #expect(try XMLElement(document: done.body)["ETag"]?.text == tag)
        let got = try server.send("GET", "/things/k")
        #expect(got.body == Self.part + Array("end".utf8))
        #expect(got.headers["etag"] == tag)
        #expect(got.headers["x-amz-meta-a"] == "1")
        #expect(try server.bodies.count == 1)

        let second = try server.send("GET", "/things/k?partNumber=2")
        #expect(second.status == 206)
        #expect(second.text == "end")
        #expect(second.headers["x-amz-mp-parts-count"] == "2")
        // Who has lost the answer asks again.
        #expect(try complete(id, [(1, first), (7, last)]).status == 200)
    }

    @Test func `what a completion can get wrong`() throws {
        let id = try begin()
        let small = try upload([1, 2, 3], 1, id)
        let other = try upload([4], 2, id)
        let cases: [([(Int, String)], String)] = [
            ([(1, small), (2, other)], "EntityTooSmall"),
            ([(2, other), (1, small)], "InvalidPartOrder"),
            ([(1, small), (1, small)], "InvalidPartOrder"),
            ([(1, other)], "InvalidPart"), ([(3, other)], "InvalidPart"),
            ([], "MalformedXML"),
        ]
        for (parts, code) in cases {
            let answer = try complete(id, parts)
            #expect(answer.status == 400)
            #expect(try ObjectsServer.code(answer) == code)
        }
        #expect(try complete(id, [(1, small)]).status == 200)
        #expect(try server.send("GET", "/things/k").body == [1, 2, 3])
        #expect(try ObjectsServer.code(complete("nothing", [(1, small)])) == "NoSuchUpload")
    }

    @Test(arguments: ["0", "10001", "-1", "x", ""])
    func `parts have numbers from 1 to 10,000`(number: String) throws {
        let id = try begin()
        let answer = try server.send("PUT", "/things/k?partNumber=\(number)&uploadId=\(id)")
        #expect(try ObjectsServer.code(answer) == "InvalidArgument")
    }

    @Test func `an aborted upload is gone, with its parts`() throws {
        let id = try begin()
        _ = try upload([UInt8](repeating: 1, count: 50_000), 1, id)
        let listed = try XMLElement(document: server.send("GET", "/things?uploads").body)
        #expect(listed["Upload"]?["UploadId"]?.text == id)
        #expect(try server.send("DELETE", "/things/k?uploadId=\(id)").status == 204)
        #expect(try server.bodies.isEmpty)
        let late = try server.send("PUT", "/things/k?partNumber=1&uploadId=\(id)")
        #expect(try ObjectsServer.code(late) == "NoSuchUpload")
    }

    @Test func `parts are listed page by page`() throws {
        let id = try begin()
        for number in 1...5 { _ = try upload([UInt8(number)], number, id) }
        var seen: [String] = []
        var marker = "0"
        while true {
            let page = try XMLElement(
                document:
                    server.send(
                        "GET", "/things/k?max-parts=2&part-number-marker=\(marker)&uploadId=\(id)"
                    ).body)
            seen += page.children.compactMap { $0["PartNumber"]?.text }
            guard page["IsTruncated"]?.text == "true" else { break }
            marker = page["NextPartNumberMarker"]?.text ?? ""
        }
        #expect(seen == ["1", "2", "3", "4", "5"])
    }

    @Test func `parts are copied from objects`() throws {
        try server.send("PUT", "/things/source", body: Self.part + Array("0123456789".utf8))
        let id = try begin()
        var parts: [(Int, String)] = []
        for (number, range) in [(1, "bytes=0-5242879"), (2, "bytes=5242882-5242885")] {
            let answer = try server.send(
                "PUT", "/things/k?partNumber=\(number)&uploadId=\(id)",
                headers: [
                    "x-amz-copy-source": "/things/source", "x-amz-copy-source-range": range,
                ])
            parts.append((number, try XMLElement(document: answer.body)["ETag"]?.text ?? ""))
        }
        #expect(try complete(id, parts).status == 200)
        #expect(try server.send("GET", "/things/k", headers: ["range": "bytes=-4"]).text == "2345")
        let wrong = try server.send(
            "PUT", "/things/k?partNumber=1&uploadId=\(try begin())",
            headers: [
                "x-amz-copy-source": "/things/source",
                "x-amz-copy-source-range": "bytes=0-9999999",
            ])
        #expect(try ObjectsServer.code(wrong) == "InvalidRange")
    }

    @Test(arguments: ["CRC32", "CRC32C", "CRC64NVME"])
    func `the parts' checksums give that of the whole`(name: String) throws {
        let algorithm = try ChecksumAlgorithm.named(name)
        let id = try begin([
            "x-amz-checksum-algorithm": name, "x-amz-checksum-type": "FULL_OBJECT",
        ])
        let end = Array("end".utf8)
        let parts = [(1, try upload(Self.part, 1, id)), (2, try upload(end, 2, id))]
        let hasher = ChecksumHasher(algorithm)
        (Self.part + end).withUnsafeBytes { hasher.update($0) }
        let value = Base64.encode(hasher.finish())

        let wrong = Base64.encode([UInt8](repeating: 0, count: algorithm.length))
        #expect(
            try ObjectsServer.code(complete(id, parts, [algorithm.header: wrong])) == "BadDigest")
        #expect(try complete(id, parts, [algorithm.header: value]).status == 200)
        let head = try server.send(
            "HEAD", "/things/k", headers: ["x-amz-checksum-mode": "ENABLED"])
        #expect(head.headers[algorithm.header] == value)
        #expect(head.headers["x-amz-checksum-type"] == "FULL_OBJECT")
    }

    @Test func `only one of many completions on condition makes the object`() async throws {
        let server = server
        let uploads = try (0..<20).map { index in
            let id = try begin()
            return (id, try upload([UInt8(index)], 1, id))
        }
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for (id, etag) in uploads {
                group.addTask { try complete(id, [(1, etag)], ["if-none-match": "*"]).status }
            }
            return try await group.reduce(into: [Int]()) { $0.append($1) }
        }
        _ = server
        #expect(statuses.count { $0 == 200 } == 1)
        #expect(statuses.count { $0 == 412 } == 19)
    }
}
