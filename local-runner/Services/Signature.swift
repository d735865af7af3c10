import FunctionCrypto
import NIOHTTP1
import Synchronization

/// Checks who has signed a request to a service that speaks as AWS does.
///
/// It knows Signature Version 4 in the header `Authorization` and in the query (presigned URLs), and
/// for S3 also Version 2 in both places, which SDKs still use for presigned URLs by default. Who
/// signs and who checks bring the request into one canonical form and compute an HMAC of it, so a
/// difference in one byte gives another signature; the problem that is thrown holds the canonical
/// form, so that it can be compared with the client's.
///
/// S3 declares the hash of its body in a header, and checks the body against it as it streams:
///
///     let signer = try verifier.verify(request.head, service: "s3")
///
/// Other services, SQS among them, have their small bodies whole before they check, and give the
/// hash themselves. ``SignatureProblem`` is then told in the service's own words and codes:
///
///     let hash = Hex.encode(Hash.sha256.digest(of: Array(body.readableBytesView)))
///     let signer = try verifier.verify(request.head, service: "sqs", payloadHash: hash)
struct SignatureVerifier: Sendable {
    /// Who signed, and what was signed of the body.
    struct Signer: Sendable {
        var accessKeyID: String
        /// Whether the signature is in the query.
        var isPresigned: Bool
        /// The body's SHA-256 in hexadecimal digits, or a word such as `UNSIGNED-PAYLOAD`.
        var payloadHash: String
        /// For a body whose chunks are signed one by one.
        var chunks: ChunkSignatures?
    }

    /// The regions that a client may sign for: this emulator is in all of them.
    static let regions: Set<String> = ["us-east-1", "auto", ""]
    /// How far a client's clock may be off, in milliseconds.
    static let tolerance: Int64 = 15 * 60 * 1000
    static let unsignedPayload = "UNSIGNED-PAYLOAD"

    /// Secrets by access key id.
    let secrets: [String: String]
    private let time: @Sendable () -> Int64
    private let ahead: @Sendable () -> Int64
    private let lastKey = LastSigningKey()

    /// - Parameters:
    ///   - secrets: by access key id.
    ///   - time: tells what time it is, in epoch milliseconds.
    ///   - ahead: tells by how much that is ahead of the clocks of clients, in milliseconds.
    init(
        secrets: [String: String], time: @escaping @Sendable () -> Int64,
        ahead: @escaping @Sendable () -> Int64 = { 0 }
    ) {
        self.secrets = secrets
        self.time = time
        self.ahead = ahead
    }

    init(credentials: Credentials, clock: RunnerClock) {
        self.init(
            secrets: [credentials.accessKeyID: credentials.secretAccessKey],
            time: { clock.now }, ahead: { clock.ahead })
    }

    /// In epoch milliseconds.
    var now: Int64 { time() }

    /// Whether a client's time is about the present.
    ///
    /// Functions are told the runner's time; whoever else signs a request goes by the system's,
    /// however far the runner's clock was moved.
    func agrees(with time: Int64) -> Bool {
        let now = now
        return [now, now - ahead()].contains { abs(time - $0) <= Self.tolerance }
    }

    /// Checks a request's signature.
    ///
    /// - Parameters:
    ///   - head: the request.
    ///   - service: as the signature's scope must name it.
    ///   - payloadHash: the SHA-256 of the body in hexadecimal digits; nil where the request says it
    ///     in `x-amz-content-sha256`.
    /// - Returns: who signed it.
    /// - Throws: ``SignatureProblem``.
    func verify(
        _ head: ServiceHead, service: String, payloadHash: String? = nil
    ) throws -> Signer {
        guard let query = URIQuery(head.query) else { throw SignatureProblem.malformedURI }
        if let authorization = head.headers.first(name: "authorization") {
            if authorization.hasPrefix("AWS4-HMAC-SHA256") {
                let claim = try SignatureClaim(header: authorization, of: head)
                return try check(claim, head, query, service: service, payloadHash: payloadHash)
            }
            if authorization.hasPrefix("AWS "), service == "s3" {
                return try checkVersion2(header: authorization, head, query)
            }
            throw SignatureProblem.unsupported(authorization)
        }
        if query.contains(anyOf: SignatureClaim.queryNames) {
            let claim = try SignatureClaim(query: query)
            return try check(claim, head, query, service: service, payloadHash: payloadHash)
        }
        if query["AWSAccessKeyId"] != nil || query["Signature"] != nil, service == "s3" {
            return try checkVersion2(head, query)
        }
        throw SignatureProblem.missing
    }

    func secret(of accessKeyID: String) throws -> String {
        guard let secret = secrets[accessKeyID] else {
            throw SignatureProblem.unknownKey(accessKeyID)
        }
        return secret
    }

    private func check(
        _ claim: SignatureClaim, _ head: ServiceHead, _ query: URIQuery, service: String,
        payloadHash: String?
    ) throws -> Signer {
        try claim.requireScope(service: service, regions: Self.regions)
        let secret = try secret(of: claim.accessKeyID)
        try requireTime(of: claim)
        try requireSignedHeaders(claim, head)
        let payload = try payloadHash ?? declaredPayload(claim, head)
        let canonical = CanonicalRequest(
            head, query, signedHeaders: claim.signedHeaders, payloadHash: payload,
            service: service)
        let hash = Hex.encode(Hash.sha256.digest(of: canonical.text))
        let toSign = "AWS4-HMAC-SHA256\n\(claim.date)\n\(claim.scope.text)\n\(hash)"
        let key = lastKey.key(secret: secret, scope: claim.scope)
        let signature = Hex.encode(Hash.sha256.hmac(key: key, message: Array(toSign.utf8)))
        guard constantTimeEquals(signature, claim.signature) else {
            throw SignatureProblem.mismatch(
                accessKeyID: claim.accessKeyID, provided: claim.signature, stringToSign: toSign,
                canonicalRequest: canonical.text)
        }
        if head.headers.contains(name: "x-amz-security-token")
            || query["X-Amz-Security-Token"] != nil
        {
            throw SignatureProblem.sessionToken
        }
        let chunks = ChunkSignatures(
            key: key, date: claim.date, scope: claim.scope.text, last: signature)
        return Signer(
            accessKeyID: claim.accessKeyID, isPresigned: claim.isPresigned, payloadHash: payload,
            chunks: chunks)
    }

    private func requireTime(of claim: SignatureClaim) throws {
        let now = now
        guard let lifetime = claim.lifetime else {
            guard agrees(with: claim.time) else {
                throw SignatureProblem.skewed(request: claim.date, server: now)
            }
            return
        }
        if claim.time > now + Self.tolerance { throw SignatureProblem.notYetValid(server: now) }
        let expiry = claim.time + lifetime * 1000
        if now > expiry {
            throw SignatureProblem.expired(at: expiry, lifetime: lifetime, server: now)
        }
    }

    /// Sees to it that nothing that means something to AWS has been added on the way.
    private func requireSignedHeaders(_ claim: SignatureClaim, _ head: ServiceHead) throws {
        let signed = Set(claim.signedHeaders)
        guard signed.contains("host") else { throw SignatureProblem.unsigned(["host"]) }
        let added = head.headers.map { $0.name.lowercased() }.filter {
            $0.hasPrefix("x-amz-") && !signed.contains($0) && $0 != "x-amz-content-sha256"
        }
        guard added.isEmpty else { throw SignatureProblem.unsigned(added) }
    }

    private func declaredPayload(_ claim: SignatureClaim, _ head: ServiceHead) throws -> String {
        if let declared = head.headers.first(name: "x-amz-content-sha256") { return declared }
        guard claim.isPresigned else { throw SignatureProblem.missingPayloadHash }
        return Self.unsignedPayload
    }
}

/// The signing key of the latest scope: a client signs with one for a whole day.
private final class LastSigningKey: Sendable {
    private struct Entry {
        var secret: String
        var scope: SignatureScope
        var key: [UInt8]
    }

    private let entry = Mutex<Entry?>(nil)

    func key(secret: String, scope: SignatureScope) -> [UInt8] {
        entry.withLock { entry in
            if let entry, entry.secret == secret, entry.scope == scope { return entry.key }
            var key = Array("AWS4\(secret)".utf8)
            for part in [scope.date, scope.region, scope.service, "aws4_request"] {
                key = Hash.sha256.hmac(key: key, message: Array(part.utf8))
            }
            entry = Entry(secret: secret, scope: scope, key: key)
            return key
        }
    }
}
