import NIOHTTP1
import Testing

@testable import LocalRunner

/// The examples that AWS has published with its documentation of signatures.
@Suite struct SignatureTests {
    private static let key = "AKIAIOSFODNN7EXAMPLE"
    private static let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    private static let emptyHash =
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    /// A verifier for whom it is a given moment.
    private func verifier(at moment: String) throws -> SignatureVerifier {
        let time = try #require(WireDate.milliseconds(basic: moment))
        return SignatureVerifier(secrets: [Self.key: Self.secret], time: { time })
    }

    private func head(
        _ method: String, _ target: String, _ headers: [(String, String)]
    ) -> ServiceHead {
        let parts = target.split(separator: "?", maxSplits: 1)
        let host = headers.first { $0.0 == "Host" }?.1 ?? ""
        return ServiceHead(
            method: method, path: String(parts[0]), query: parts.count > 1 ? String(parts[1]) : "",
            host: host, headers: HTTPHeaders(headers))
    }

    private func header(_ signed: String, _ signature: String) -> (String, String) {
        (
            "Authorization",
            "AWS4-HMAC-SHA256 Credential=\(Self.key)/20130524/us-east-1/s3/aws4_request,"
                + "SignedHeaders=\(signed),Signature=\(signature)"
        )
    }

    private let common = [
        ("Host", "examplebucket.s3.amazonaws.com"), ("x-amz-date", "20130524T000000Z"),
    ]

    @Test func `version 4, GET of an object`() throws {
        let request = head(
            "GET", "/test.txt",
            common + [
                ("Range", "bytes=0-9"), ("x-amz-content-sha256", Self.emptyHash),
                header(
                    "host;range;x-amz-content-sha256;x-amz-date",
                    "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"),
            ])
        let signer = try verifier(at: "20130524T000000Z").verify(request, service: "s3")
        #expect(signer.accessKeyID == Self.key)
        #expect(!signer.isPresigned)
    }

    @Test func `version 4, PUT of an object whose key is encoded`() throws {
        let hash = "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"
        let request = head(
            "PUT", "/test$file.text",
            common + [
                ("Date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-content-sha256", hash),
                ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
                header(
                    "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
                    "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"),
            ])
        let signer = try verifier(at: "20130524T000500Z").verify(request, service: "s3")
        #expect(signer.payloadHash == hash)
    }

    @Test(arguments: [
        ("/?lifecycle", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
        (
            "/?max-keys=2&prefix=J",
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
        ),
    ])
    func `version 4, parameters`(target: String, signature: String) throws {
        let request = head(
            "GET", target,
            common + [
                ("x-amz-content-sha256", Self.emptyHash),
                header("host;x-amz-content-sha256;x-amz-date", signature),
            ])
        _ = try verifier(at: "20130524T000000Z").verify(request, service: "s3")
    }

    private let presigned =
        "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256"
        + "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
        + "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
        + "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"

    @Test func `version 4, presigned, until it expires`() throws {
        let request = head("GET", presigned, [("Host", "examplebucket.s3.amazonaws.com")])
        let signer = try verifier(at: "20130524T235959Z").verify(request, service: "s3")
        #expect(signer.isPresigned)
        #expect(throws: SignatureProblem.self) {
            try verifier(at: "20130525T000001Z").verify(request, service: "s3")
        }
    }

    @Test func `version 4, presigned for another method or object, is refused`() throws {
        let verifier = try verifier(at: "20130524T000000Z")
        let host = [("Host", "examplebucket.s3.amazonaws.com")]
        for request in [
            head("PUT", presigned, host),
            head("GET", presigned.replacing("/test.txt", with: "/other.txt"), host),
            head("GET", presigned.replacing("=86400", with: "=86401"), host),
            head("GET", presigned, [("Host", "elsewhere.s3.amazonaws.com")]),
        ] {
            #expect(throws: SignatureProblem.self) { try verifier.verify(request, service: "s3") }
        }
    }

    @Test func `version 4, a body signed in chunks`() throws {
        let payload = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
        let request = head(
            "PUT", "/examplebucket/chunkObject.txt",
            [
                ("Host", "s3.amazonaws.com"), ("x-amz-date", "20130524T000000Z"),
                ("x-amz-storage-class", "REDUCED_REDUNDANCY"), ("x-amz-content-sha256", payload),
                ("Content-Encoding", "aws-chunked"), ("x-amz-decoded-content-length", "66560"),
                ("Content-Length", "66824"),
                header(
                    "content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;"
                        + "x-amz-decoded-content-length;x-amz-storage-class",
                    "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"),
            ])
        let signer = try verifier(at: "20130524T000000Z").verify(request, service: "s3")
        let signatures = [
            "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
            "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
            "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
        ]
        var body: [UInt8] = []
        for (length, signature) in zip([65_536, 1024, 0], signatures) {
            body += Array("\(String(length, radix: 16));chunk-signature=\(signature)\r\n".utf8)
            body += [UInt8](repeating: UInt8(ascii: "a"), count: length) + Array("\r\n".utf8)
        }
        #expect(body.count == 66_824)
        try expectDecoded(body, signer, count: 66_560)
        body[70] ^= 1
        #expect(throws: SignatureProblem.self) { try expectDecoded(body, signer, count: 66_560) }
    }

    /// However the body is cut on its way.
    private func expectDecoded(
        _ body: [UInt8], _ signer: SignatureVerifier.Signer, count: Int
    ) throws {
        for step in [1, 7, 4096, body.count] {
            var chunked = ChunkedBody(
                signatures: signer.chunks, accessKeyID: Self.key, hasTrailer: false)
            var decoded = 0
            for start in stride(from: 0, to: body.count, by: step) {
                try body[start..<min(start + step, body.count)].withUnsafeBytes { piece in
                    try chunked.decode(piece) { decoded += $0.count }
                }
            }
            #expect(decoded == count)
            #expect(chunked.isComplete)
        }
    }

    @Test func `version 2, in the header`() throws {
        let request = head(
            "GET", "/awsexamplebucket1/photos/puppy.jpg",
            [
                ("Host", "s3.us-west-1.amazonaws.com"), ("Date", "Tue, 27 Mar 2007 19:36:42 +0000"),
                ("Authorization", "AWS \(Self.key):qgk2+6Sv9/oM7G3qLEjTH1a1l1g="),
            ])
        let verifier = try verifier(at: "20070327T193642Z")
        #expect(try verifier.verify(request, service: "s3").accessKeyID == Self.key)
        // Queues are never signed so.
        #expect(throws: SignatureProblem.self) { try verifier.verify(request, service: "sqs") }
    }

    @Test func `version 2, in the query, until it expires`() throws {
        let request = head(
            "GET",
            "/johnsmith/photos/puppy.jpg?AWSAccessKeyId=\(Self.key)"
                + "&Signature=NpgCjnDzrM%2BWFzoENXmpNDUsSn8%3D&Expires=1175139620",
            [("Host", "s3.amazonaws.com")])
        let signer = try verifier(at: "20070327T193642Z").verify(request, service: "s3")
        #expect(signer.isPresigned)
        #expect(throws: SignatureProblem.self) {
            try verifier(at: "20070330T000000Z").verify(request, service: "s3")
        }
    }
}
