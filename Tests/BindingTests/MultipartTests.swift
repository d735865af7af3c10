import FunctionRuntime
import Glibc
import Testing

@testable import FunctionHTTP

/// Objects that are put in parts, and addresses that need no key.
@Suite struct MultipartTests {
    private static let part = [UInt8](repeating: 7, count: 5 << 20)

    @Test(arguments: Target.objects)
    func `makes an object of parts`(target: Target) throws {
        let objects = try target.bucket("parts")
        let upload = try objects.createUpload("big", .init(contentType: "text/plain"))
        #expect(try objects.head("big") == nil)
        let last = try objects.putPart(2, of: upload, .bytes([8, 9]))
        let first = try objects.putPart(1, of: upload, .bytes(Self.part))
        let etag = try objects.complete(upload, parts: [last, first])

        #expect(etag.hasSuffix("-2\""))
        let info = try #require(try objects.head("big"))
        #expect(info.size == Self.part.count + 2)
        #expect(info.contentType == "text/plain")
        #expect(info.etag == etag)
        #expect(try objects.get("big", range: .last(3))?.body == [7, 8, 9])
    }

    @Test(arguments: Target.objects)
    func `refuses parts that are too small, or not there`(target: Target) throws {
        let objects = try target.bucket("bad-parts")
        let upload = try objects.createUpload("big")
        let parts = try (1...2).map { try objects.putPart($0, of: upload, .bytes([UInt8($0)])) }
        let small = try #require(throws: ServiceError.self) {
            try objects.complete(upload, parts: parts)
        }
        #expect(small.code == "EntityTooSmall")
        let unknown = try #require(throws: ServiceError.self) {
            try objects.complete(upload, parts: [.init(number: 3, etag: "\"x\"")])
        }
        #expect(unknown.code == "InvalidPart")
        try objects.abort(upload)
        let gone = try #require(throws: ServiceError.self) {
            try objects.putPart(1, of: upload, .bytes([1]))
        }
        // moto fails at it (500).
        #expect(gone.code == "NoSuchUpload" || target == .moto)
        #expect(gone.operation == "UploadPart of bad-parts/big")
    }

    @Test(arguments: Target.objects)
    func `uploads a large file in parts, and a small one at once`(target: Target) throws {
        let objects = try target.bucket("uploads")
        let file = try #require(tmpfile())
        defer { fclose(file) }
        let content = (0..<(12 << 20)).map { UInt8(truncatingIfNeeded: $0 >> 9 ^ $0) }
        #expect(content.withUnsafeBytes { write(fileno(file), $0.baseAddress, $0.count) } > 0)

        let etag = try objects.upload(
            "large", file: fileno(file), count: content.count, partSize: 5 << 20)
        #expect(etag.hasSuffix("-3\""))
        #expect(try objects.get("large")?.body == content)

        let small = try objects.upload("small", file: fileno(file), offset: 3, count: 10)
        #expect(!small.contains("-"))
        #expect(try objects.get("small")?.body == Array(content[3..<13]))
    }

    @Test(arguments: Target.objects)
    func `gives an upload up whose file is too short`(target: Target) throws {
        let objects = try target.bucket("short")
        let file = try #require(tmpfile())
        defer { fclose(file) }
        let content = [UInt8](repeating: 1, count: 6 << 20)
        #expect(content.withUnsafeBytes { write(fileno(file), $0.baseAddress, $0.count) } > 0)
        #expect(throws: HTTPError.self) {
            try objects.upload("key", file: fileno(file), count: 11 << 20, partSize: 5 << 20)
        }
        #expect(try objects.head("key") == nil)
        let list = try objects.perform(
            .init(name: "ListMultipartUploads", method: "GET", query: [("uploads", "")]))
        let root = try XMLElement(document: list.body)
        #expect(root.all("Upload").isEmpty)
    }

    @Test(arguments: Target.objects)
    func `makes addresses that work without a key`(target: Target) throws {
        let objects = try target.bucket("presigned")
        let http = HTTP()
        let put = try objects.address(to: .put, "a b/ü", contentType: "text/x")
        let request = HTTP.Request(
            "PUT", put, headers: ["content-type": "text/x"], body: .bytes([1, 2, 3]))
        #expect(try http.send(request).status == 200)
        #expect(try objects.head("a b/ü")?.contentType == "text/x")

        let get = try objects.address("a b/ü")
        #expect(try http.send(.init("GET", get)).body == [1, 2, 3])
        let head = try objects.address(to: .head, "a b/ü")
        #expect(try http.send(.init("HEAD", head)).status == 200)

        let upload = try objects.createUpload("parts")
        let part = try objects.address(toPutPart: 1, of: upload)
        let answer = try http.send(.init("PUT", part, body: .bytes([5]))).checked()
        let etag = try #require(answer.headers["etag"])
        try objects.complete(upload, parts: [.init(number: 1, etag: etag)])
        #expect(try objects.get("parts")?.body == [5])

        let delete = try objects.address(to: .delete, "a b/ü")
        #expect(try http.send(.init("DELETE", delete)).status == 204)
        #expect(try objects.head("a b/ü") == nil)
    }
}
