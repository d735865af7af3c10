import FunctionCrypto
import FunctionRuntime
import NIOHTTP1

/// The form of a request over which Signature Version 4 is computed.
struct CanonicalRequest {
    let text: String

    /// - Parameters:
    ///   - head: the request.
    ///   - query: its query, decoded.
    ///   - signedHeaders: names in lower case, in the order in which the client gave them.
    ///   - payloadHash: what stands for the body.
    ///   - service: S3 encodes its paths once, all others twice.
    init(
        _ head: ServiceHead, _ query: URIQuery, signedHeaders: [String], payloadHash: String,
        service: String
    ) {
        let path =
            service == "s3"
            ? PercentEncoding.encode(
                PercentEncoding.bytes(of: head.path.utf8) ?? Array(head.path.utf8), keeping: "/")
            : PercentEncoding.encode(head.path, keeping: "/")
        let parameters = query.items.filter { $0.name != "X-Amz-Signature" }
            .map { item in
                (
                    PercentEncoding.encode(item.name),
                    PercentEncoding.encode(item.value)
                )
            }
            .sorted { $0 < $1 }
            .map { "\($0)=\($1)" }
            .joined(separator: "&")
        let headers = signedHeaders.map { name in
            "\(name):\(Self.value(of: name, in: head))\n"
        }
        text = """
            \(head.method)
            \(path.isEmpty ? "/" : path)
            \(parameters)
            \(headers.joined())
            \(signedHeaders.joined(separator: ";"))
            \(payloadHash)
            """
    }

    /// All values of a header, without spaces that mean nothing.
    private static func value(of name: String, in head: ServiceHead) -> String {
        head.headers[name]
            .map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
            .joined(separator: ",")
    }
}

/// The signatures of a body's chunks, each of which covers the one before (`aws-chunked`).
struct ChunkSignatures: Sendable {
    let key: [UInt8]
    let date: String
    let scope: String
    /// The signature of the chunk before; of the request itself in the beginning.
    var last: String

    private static let emptyHash = Hex.encode(Hash.sha256.digest(of: []))

    /// Checks the next chunk, given the SHA-256 of its data.
    mutating func check(chunk hash: [UInt8], signature: String, accessKeyID: String) throws {
        try check(
            """
            AWS4-HMAC-SHA256-PAYLOAD
            \(date)
            \(scope)
            \(last)
            \(Self.emptyHash)
            \(Hex.encode(hash))
            """, signature, accessKeyID)
    }

    /// Checks the trailer, each of whose lines ends with a line feed here.
    mutating func check(trailer: String, signature: String, accessKeyID: String) throws {
        try check(
            """
            AWS4-HMAC-SHA256-TRAILER
            \(date)
            \(scope)
            \(last)
            \(Hex.encode(Hash.sha256.digest(of: trailer)))
            """, signature, accessKeyID)
    }

    private mutating func check(
        _ toSign: String, _ signature: String, _ accessKeyID: String
    ) throws {
        let expected = Hex.encode(Hash.sha256.hmac(key: key, message: Array(toSign.utf8)))
        guard constantTimeEquals(expected, signature) else {
            throw SignatureProblem.mismatch(
                accessKeyID: accessKeyID, provided: signature, stringToSign: toSign,
                canonicalRequest: nil)
        }
        last = expected
    }
}
