internal import FunctionCrypto
package import FunctionRuntime

/// Signs requests as AWS has it, Signature Version 4.
///
/// ```
/// canonical request  method, path, query, headers, their names, the body's hash
/// string to sign     algorithm, time, scope, SHA-256 of the canonical request
/// key                HMAC of date, region, service, "aws4_request" in turn, from the secret on
/// ```
///
/// Whoever checks makes the same canonical request of what arrives. So S3 takes a path as it stands
/// in the URL, since a key may have `..` and `//` in it; other services resolve these, and encode the
/// path once more.
package struct SigV4 {
    package var account: AWSAccount
    package var service: String

    package init(account: AWSAccount, service: String) {
        self.account = account
        self.service = service
    }

    /// What is said of the body.
    package enum Payload {
        case signed([UInt8])
        /// Left out of the signature: the connection or a checksum protects it.
        case unsigned

        var hash: String {
            switch self {
            case .signed(let bytes): Hex.encode(Hash.sha256.digest(of: bytes))
            case .unsigned: "UNSIGNED-PAYLOAD"
            }
        }
    }

    private static let algorithm = "AWS4-HMAC-SHA256"

    /// Adds the headers that prove who asks; every header that is there is signed.
    package func sign(_ request: inout HTTP.Request, _ payload: Payload, at time: Timestamp) {
        let hash = payload.hash
        request.headers["x-amz-date"] = Self.text(of: time)
        if service == "s3" { request.headers["x-amz-content-sha256"] = hash }
        if let token = account.sessionToken {
            request.headers["x-amz-security-token"] = token.exposed
        }
        let canonical = Canonical(request, payload: hash, keepsPath: service == "s3")
        request.headers["authorization"] =
            "\(Self.algorithm) Credential=\(account.accessKeyID)/\(scope(at: time)), "
            + "SignedHeaders=\(canonical.signedHeaders), "
            + "Signature=\(signature(of: canonical, at: time))"
    }

    /// The address that lets whoever has it send this request, for so many seconds.
    ///
    /// Headers of the request must then be sent as they are here.
    package func presign(
        _ request: HTTP.Request, seconds: Int, at time: Timestamp
    ) -> String {
        var parameters = [
            ("X-Amz-Algorithm", Self.algorithm),
            ("X-Amz-Credential", "\(account.accessKeyID)/\(scope(at: time))"),
            ("X-Amz-Date", Self.text(of: time)),
            ("X-Amz-Expires", String(seconds)),
            ("X-Amz-SignedHeaders", Canonical.signedHeaders(of: request)),
        ]
        if let token = account.sessionToken {
            parameters.append(("X-Amz-Security-Token", token.exposed))
        }
        var request = request
        for (name, value) in parameters {
            request.url += request.url.utf8.contains(UInt8(ascii: "?")) ? "&" : "?"
            request.url += "\(name)=\(PercentEncoding.encode(value))"
        }
        let canonical = Canonical(
            request, payload: Payload.unsigned.hash, keepsPath: service == "s3")
        return "\(request.url)&X-Amz-Signature=\(signature(of: canonical, at: time))"
    }

    private func signature(of canonical: Canonical, at time: Timestamp) -> String {
        let text = [
            Self.algorithm, Self.text(of: time), scope(at: time),
            Hex.encode(Hash.sha256.digest(of: canonical.text)),
        ].joined(separator: "\n")
        var key = Array("AWS4\(account.secretAccessKey.exposed)".utf8)
        for part in scope(at: time).split(separator: "/", omittingEmptySubsequences: false) {
            key = Hash.sha256.hmac(key: key, message: Array(part.utf8))
        }
        return Hex.encode(Hash.sha256.hmac(key: key, message: Array(text.utf8)))
    }

    private func scope(at time: Timestamp) -> String {
        "\(Self.text(of: time).prefix(8))/\(account.region)/\(service)/aws4_request"
    }

    /// `20150830T123600Z`.
    private static func text(of time: Timestamp) -> String {
        time.description.filter { $0 != "-" && $0 != ":" }.prefix(15) + "Z"
    }
}

/// A request as it is signed.
struct Canonical {
    let text: String
    let signedHeaders: String

    init(_ request: HTTP.Request, payload: String, keepsPath: Bool) {
        let (_, path, query) = Self.parts(of: request.url)
        signedHeaders = Self.signedHeaders(of: request)
        text = [
            request.method,
            keepsPath ? path : PercentEncoding.encode(Self.resolved(path), keeping: "/"),
            Self.query(query),
            Self.headers(of: request).map { "\($0.name):\($0.value)\n" }.joined(),
            signedHeaders,
            payload,
        ].joined(separator: "\n")
    }

    static func signedHeaders(of request: HTTP.Request) -> String {
        headers(of: request).map(\.name).joined(separator: ";")
    }

    /// `https://host:1/path?query` in its parts.
    private static func parts(of url: String) -> (host: String, path: String, query: String) {
        let halves = url.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let parts = halves[0].split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        let scheme = parts[0]
        var host = parts.count > 2 ? parts[2] : ""
        // What HTTP takes as given is not in the field.
        for (name, port) in [("http:", ":80"), ("https:", ":443")] where scheme == name {
            if host.hasSuffix(port) { host.removeLast(port.count) }
        }
        return (
            String(host), "/" + (parts.count > 3 ? parts[3] : ""),
            halves.count > 1 ? String(halves[1]) : ""
        )
    }

    /// Every field once, sorted by name, spaces squeezed.
    private static func headers(of request: HTTP.Request) -> [(name: String, value: String)] {
        var values = ["host": [parts(of: request.url).host]]
        for field in request.headers.fields where field.name != "authorization" {
            values[field.name, default: []].append(squeezed(field.value))
        }
        return values.map { (name: $0.key, value: $0.value.joined(separator: ",")) }
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    private static func squeezed(_ value: String) -> String {
        value.split(separator: " ").joined(separator: " ")
    }

    /// Names and values encoded in one way, sorted by the name and then by the value.
    private static func query(_ query: String) -> String {
        func encoded(_ text: Substring) -> String {
            PercentEncoding.encode(PercentEncoding.decode(text.utf8) ?? String(text))
        }
        let pairs = query.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (encoded(parts[0]), parts.count > 1 ? encoded(parts[1]) : "")
        }
        return pairs.sorted { $0 < $1 }.map { "\($0)=\($1)" }.joined(separator: "&")
    }

    /// A path without `.`, `..` and doubled slashes (RFC 3986 §5.2.4).
    private static func resolved(_ path: String) -> String {
        var segments: [Substring] = []
        for segment in path.split(separator: "/") where segment != "." {
            if segment == ".." { _ = segments.popLast() } else { segments.append(segment) }
        }
        guard !segments.isEmpty else { return "/" }
        let isOpen = path.hasSuffix("/") || path.hasSuffix("/.") || path.hasSuffix("/..")
        return "/" + segments.joined(separator: "/") + (isOpen ? "/" : "")
    }
}
