import Foundation
import FunctionCrypto
import FunctionHTTP
import FunctionRuntime
import Testing

@testable import LocalRunner
@testable import TestSupport

/// What is refused, each in S3's own words; whatever it was, the runner serves on.
@Suite struct RefusalTests {
    private let server: ObjectsServer

    init() throws {
        server = try ObjectsServer()
        try server.service.createBuckets(["things"])
    }

    private func expect(
        _ answer: Answer, _ status: Int, _ code: String,
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        #expect(answer.status == status, sourceLocation: location)
        #expect(try ObjectsServer.code(answer) == code, sourceLocation: location)
        #expect(answer.headers["content-type"] == "application/xml", sourceLocation: location)
        #expect(try server.send("GET", "/").status == 200, sourceLocation: location)
        #expect(!server.log.contains("error"), sourceLocation: location)
    }

    @Test func `signatures that are not right`() throws {
        try expect(server.sendUnsigned("GET", "/things"), 403, "AccessDenied")
        try expect(
            server.send("GET", "/things") { $0.accessKeyID = "AKIDNOBODY" }, 403,
            "InvalidAccessKeyId")
        let mismatch = try server.send("GET", "/things") { $0.secret = "wrong" }
        try expect(mismatch, 403, "SignatureDoesNotMatch")
        let canonical = try XMLElement(document: mismatch.body)["CanonicalRequest"]?.text
        #expect(canonical?.hasPrefix("GET\n/things\n\nhost:\(server.host)\n") == true)
        for seconds in [-1000.0, 1000] {
            try expect(
                server.send("GET", "/things") { $0.time += seconds }, 403, "RequestTimeTooSkewed")
        }
        try expect(
            server.send("GET", "/things") { $0.region = "eu-west-1" }, 400,
            "AuthorizationHeaderMalformed")
        #expect(try server.send("GET", "/things") { $0.region = "auto" }.status == 200)
        for header in [
            "AWS4-HMAC-SHA256 Credential=a/b/c/s3/aws4_request",
            "AWS4-HMAC-SHA256 Credential=/s3/aws4_request, SignedHeaders=, Signature=",
            "AWS4-HMAC-SHA256 x/s3/aws4_request",
        ] {
            try expect(
                server.sendUnsigned("GET", "/things", headers: ["authorization": header]), 400,
                "AuthorizationHeaderMalformed")
        }
        try expect(
            server.sendUnsigned("GET", "/things", headers: ["authorization": "AWS x"]), 400,
            "AuthorizationHeaderMalformed")
        try expect(
            server.sendUnsigned("GET", "/things", headers: ["authorization": "Bearer x"]), 400,
            "InvalidArgument")
    }

    @Test(arguments: [
        ("X-Amz-Expires=604801", "AuthorizationQueryParametersError"),
        ("X-Amz-Expires=-1", "AuthorizationQueryParametersError"),
        ("X-Amz-Expires=soon", "AuthorizationQueryParametersError"),
        ("X-Amz-Expires=60", "AccessDenied"), ("", "AuthorizationQueryParametersError"),
    ])
    func `presigned addresses that are not right`(expires: String, code: String) throws {
        let query =
            "X-Amz-Algorithm=AWS4-HMAC-SHA256"
            + "&X-Amz-Credential=\(server.credentials.accessKeyID)%2F20200101%2Fus-east-1%2Fs3"
            + "%2Faws4_request&X-Amz-Date=20200101T000000Z&X-Amz-SignedHeaders=host"
            + "&X-Amz-Signature=00&" + expires
        let answer = try server.sendUnsigned("GET", "/things/k?\(query)")
        #expect(try ObjectsServer.code(answer) == code)
    }

    @Test func `a header of AWS's that was not signed`() throws {
        var headers: Headers = ["host": server.host]
        TestSignature(server.credentials).sign(
            "GET", "/things", &headers, payload: "UNSIGNED-PAYLOAD")
        headers["x-amz-meta-added"] = "1"
        try expect(server.sendUnsigned("GET", "/things", headers: headers), 403, "AccessDenied")
    }

    @Test func `bodies that are not what was said`() throws {
        let body = Array("hello".utf8)
        let empty = Hex.encode(Hash.sha256.digest(of: ""))
        try expect(
            server.send("PUT", "/things/k", body: body, payload: empty), 400,
            "XAmzContentSHA256Mismatch")
        try expect(
            server.send("PUT", "/things/k", body: body, payload: "x"), 400, "InvalidArgument")
        let other = Base64.encode(Hash.md5.digest(of: "other"))
        try expect(
            server.send("PUT", "/things/k", headers: ["content-md5": other], body: body), 400,
            "BadDigest")
        try expect(
            server.send("PUT", "/things/k", headers: ["content-md5": "x"], body: body), 400,
            "InvalidDigest")
        #expect(try server.send("HEAD", "/things/k").status == 404)
    }

    /// The values are those of "123456789" that the algorithms' own descriptions give.
    @Test(arguments: [
        ("crc32", "y/Q5Jg=="), ("crc32c", "4waSgw=="), ("crc64nvme", "rosUhgp5mIg="),
        ("sha1", "98O8HYCOBHMq32eZZczDTKeuNEE="),
        ("sha256", "FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU="),
    ])
    func `checksums are compared, kept and given back`(name: String, value: String) throws {
        let header = "x-amz-checksum-\(name)"
        let body = Array("123456789".utf8)
        #expect(
            try server.send("PUT", "/things/k", headers: [header: value], body: body).status == 200)
        let head = try server.send(
            "HEAD", "/things/k", headers: ["x-amz-checksum-mode": "ENABLED"])
        #expect(head.headers[header] == value)
        #expect(try server.send("HEAD", "/things/k").headers[header] == nil)
        try expect(
            server.send("PUT", "/things/k", headers: [header: value], body: [1]), 400, "BadDigest")
        try expect(
            server.send("PUT", "/things/k", headers: [header: "bad"], body: body), 400,
            "InvalidRequest")
    }

    private func chunked(_ body: String, length: Int = 5) throws -> Answer {
        try server.send(
            "PUT", "/things/k",
            headers: [
                "content-encoding": "aws-chunked", "x-amz-decoded-content-length": String(length),
                "x-amz-trailer": "x-amz-checksum-crc32",
            ], body: Array(body.utf8), payload: "STREAMING-UNSIGNED-PAYLOAD-TRAILER")
    }

    @Test func `bodies in chunks, with a checksum behind them`() throws {
        let whole = "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n"
        #expect(try chunked(whole).status == 200)
        #expect(try server.send("GET", "/things/k").text == "hello")
        try expect(chunked(whole, length: 4), 400, "IncompleteBody")
        try expect(chunked(whole, length: 6), 400, "IncompleteBody")
        for end in [1, 2, 10, 20, whole.utf8.count - 2] {
            let cut = String(decoding: whole.utf8.prefix(end), as: UTF8.self)
            try expect(chunked(cut), 400, "IncompleteBody")
        }
        try expect(chunked(whole.replacing("NhCmhg", with: "NhCmhw")), 400, "BadDigest")
        try expect(chunked("5\r\nhello\r\n0\r\n\r\n"), 400, "MalformedTrailerError")
        for body in ["x\r\nhello\r\n", "5\nhello\n", "5\r\nhelloworld\r\n", "-5\r\n", "\r\n"] {
            try expect(chunked(body), 400, "InvalidRequest")
        }
        try expect(chunked("fffffffffffffffff\r\n"), 400, "InvalidRequest")
        try expect(chunked("1\r\nh\r\n4\r\nello\r\n0\r\n\r\n"), 403, "InvalidChunkSizeError")
    }

    @Test(arguments: [
        "..", "../../etc/passwd", "a//b", "%F0%9F%98%80", "%01", "%7F%22",
    ])
    func `keys that would be odd names of files are keys`(key: String) throws {
        #expect(try server.send("PUT", "/things/\(key)", body: [1]).status == 200)
        #expect(try server.send("GET", "/things/\(key)").body == [1])
        let names = try FileManager.default.contentsOfDirectory(atPath: server.folder.path)
        #expect(Set(names) == ["log", "state"])
    }

    @Test func `keys that cannot be`() throws {
        #expect(
            try server.send("PUT", "/things/" + String(repeating: "k", count: 1024)).status == 200)
        try expect(
            server.send("PUT", "/things/" + String(repeating: "k", count: 1025)), 400,
            "KeyTooLongError")
        try expect(server.send("PUT", "/things/a%00b"), 400, "InvalidArgument")
        for path in ["/things/%FF", "/things/%C3%28", "/things/%zz", "/things/%"] {
            #expect(try ObjectsServer.code(server.send("PUT", path)).isEmpty == false)
        }
    }

    @Test func `what is too large`() throws {
        let headers: Headers = ["x-amz-meta-a": String(repeating: "m", count: 8192)]
        try expect(server.send("PUT", "/things/k", headers: headers), 400, "MetadataTooLarge")
        let fits: Headers = ["x-amz-meta-a": String(repeating: "m", count: 8191)]
        #expect(try server.send("PUT", "/things/k", headers: fits).status == 200)
        let length: Headers = [
            "content-encoding": "aws-chunked", "x-amz-decoded-content-length": "5368709121",
        ]
        try expect(
            server.send(
                "PUT", "/things/k", headers: length, payload: "STREAMING-UNSIGNED-PAYLOAD-TRAILER"),
            400, "EntityTooLarge")
        let long = Array("<Delete>\(String(repeating: " ", count: 1 << 20))</Delete>".utf8)
        let digest = Base64.encode(Hash.md5.digest(of: long))
        try expect(
            server.send("POST", "/things?delete", headers: ["content-md5": digest], body: long),
            400, "MalformedXML")
    }

    @Test(arguments: [
        "", "<Delete>", "<Delete/>", "<Other/>", "<Delete><Object/></Delete>", "<a><b></a></b>",
        "<!DOCTYPE a [<!ENTITY x \"y\">]><Delete><Object><Key>&x;</Key></Object></Delete>",
        "<Delete><Object><Key>&unknown;</Key></Object></Delete>",
        "<Delete><Object><Key>&#0;</Key></Object></Delete>", "\u{1}", "{}",
        String(repeating: "<Delete>", count: 5000),
    ])
    func `XML that is none`(text: String) throws {
        let body = Array(text.utf8)
        let digest = Base64.encode(Hash.md5.digest(of: body))
        try expect(
            server.send("POST", "/things?delete", headers: ["content-md5": digest], body: body),
            400, "MalformedXML")
    }

    @Test(
        arguments: [
            ("GET", "/things?acl", [:]), ("GET", "/things/k?tagging", [:]),
            ("PUT", "/things?versioning", [:]), ("GET", "/things?policy", [:]),
            ("GET", "/things?versions", [:]), ("PUT", "/things/k?retention", [:]),
            ("GET", "/things/k?versionId=1", [:]), ("POST", "/things", [:]),
            ("PUT", "/things/k", ["x-amz-acl": "public-read"]),
            ("PUT", "/things/k", ["x-amz-tagging": "a=b"]),
            ("PUT", "/things/k", ["x-amz-server-side-encryption": "aws:kms"]),
            ("PUT", "/things/k", ["x-amz-storage-class": "GLACIER"]),
            ("PUT", "/things/k", ["x-amz-website-redirect-location": "/"]),
            ("PUT", "/things/k", ["x-amz-new-idea": "1"]),
        ] as [(String, String, Headers)])
    func `what this S3 does not do is refused by name`(
        method: String, target: String, headers: Headers
    ) throws {
        let answer = try server.send(method, target, headers: headers)
        try expect(answer, 501, "NotImplemented")
        let message = try XMLElement(document: answer.body)["Message"]?.text ?? ""
        let name =
            headers.fields.first?.name ?? target.split(separator: "?").dropFirst().first
            .map { String($0.prefix { $0 != "=" }) } ?? "form"
        #expect(message.contains(name))
    }

    @Test func `an error to HEAD has no body`() throws {
        let answer = try server.send("HEAD", "/things/nothing")
        #expect(answer.status == 404)
        #expect(answer.body.isEmpty)
    }
}
