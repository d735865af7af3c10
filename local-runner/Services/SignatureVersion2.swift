import FunctionCrypto
import FunctionRuntime
import NIOHTTP1

/// Signature Version 2 of S3: an HMAC-SHA1 of the verb, four headers, and the resource.
///
/// AWS has retired it for new regions, but `generate_presigned_url` of boto3 still makes it unless
/// told otherwise.
extension SignatureVerifier {
    /// The parameters of the query that are signed.
    private static let subresources: Set<String> = [
        "accelerate", "acl", "analytics", "cors", "defaultObjectAcl", "delete", "encryption",
        "inventory", "lifecycle", "location", "logging", "metrics", "notification",
        "object-lock", "legal-hold", "partNumber", "policy", "policyStatus", "publicAccessBlock",
        "ownershipControls", "replication", "requestPayment", "response-cache-control",
        "response-content-disposition", "response-content-encoding", "response-content-language",
        "response-content-type", "response-expires", "restore", "retention", "select",
        "select-type", "storageClass", "tagging", "torrent", "uploadId", "uploads", "versionId",
        "versioning", "versions", "website", "x-amz-security-token",
    ]

    /// Checks `Authorization: AWS KEY:SIGNATURE`.
    func checkVersion2(
        header: String, _ head: ServiceHead, _ query: URIQuery
    ) throws -> Signer {
        let parts = header.dropFirst(4).split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
            throw SignatureProblem.malformedHeader(
                "it needs the form \"AWS <YOUR-AKID>:<SIGNATURE>\".")
        }
        let accessKeyID = parts[0].trimmingSpaces
        let secret = try secret(of: accessKeyID)
        let amazonDate = head.headers.first(name: "x-amz-date")
        let date = head.headers.first(name: "date")
        guard let stamp = amazonDate ?? date,
            let time = WireDate.milliseconds(http: stamp) ?? WireDate.milliseconds(basic: stamp)
        else { throw SignatureProblem.missingDate }
        guard agrees(with: time) else {
            throw SignatureProblem.skewed(request: stamp, server: now)
        }
        return try compare(
            secret: secret, accessKeyID: accessKeyID, provided: String(parts[1]), head, query,
            date: amazonDate == nil ? date ?? "" : "", isPresigned: false)
    }

    /// Checks `?AWSAccessKeyId=KEY&Expires=TIME&Signature=SIGNATURE`.
    func checkVersion2(_ head: ServiceHead, _ query: URIQuery) throws -> Signer {
        guard let accessKeyID = query["AWSAccessKeyId"], let provided = query["Signature"],
            let expires = query["Expires"]
        else {
            throw SignatureProblem.malformedQuery(
                "Query-string authentication requires the Signature, Expires and AWSAccessKeyId "
                    + "parameters")
        }
        let secret = try secret(of: accessKeyID)
        guard let expiry = Int64(expires), expiry >= 0, expiry < 1 << 40 else {
            throw SignatureProblem.malformedQuery(
                "Invalid date (should be seconds since epoch): \(expires)")
        }
        if now > expiry * 1000 {
            throw SignatureProblem.expired(at: expiry * 1000, lifetime: nil, server: now)
        }
        return try compare(
            secret: secret, accessKeyID: accessKeyID, provided: provided, head, query,
            date: expires, isPresigned: true)
    }

    private func compare(
        secret: String, accessKeyID: String, provided: String, _ head: ServiceHead,
        _ query: URIQuery, date: String, isPresigned: Bool
    ) throws -> Signer {
        let toSign = Self.stringToSign(head, query, date: date)
        let isRight = [toSign, Self.stringToSign(head, query, date: date, end: "/")]
            .contains { text in
                let hash = Hash.sha1.hmac(key: Array(secret.utf8), message: Array(text.utf8))
                return constantTimeEquals(Base64.encode(hash), provided)
            }
        guard isRight else {
            throw SignatureProblem.mismatch(
                accessKeyID: accessKeyID, provided: provided, stringToSign: toSign,
                canonicalRequest: nil)
        }
        return Signer(
            accessKeyID: accessKeyID, isPresigned: isPresigned,
            payloadHash: head.headers.first(name: "x-amz-content-sha256") ?? Self.unsignedPayload,
            chunks: nil)
    }

    /// - Parameters:
    ///   - head: the request.
    ///   - query: its query.
    ///   - date: what stands for the time.
    ///   - end: what follows a bucket in the path. Some clients sign a slash behind it that they do
    ///     not send, and S3 takes it.
    /// - Returns: what is signed.
    private static func stringToSign(
        _ head: ServiceHead, _ query: URIQuery, date: String, end: String = ""
    ) -> String {
        let headers = Set(head.headers.map { $0.name.lowercased() })
            .filter { $0.hasPrefix("x-amz-") }.sorted()
            .map { name in
                "\(name):\(head.headers[name].map(\.trimmingSpaces).joined(separator: ","))\n"
            }
        let parameters = query.items.filter { subresources.contains($0.name) }
            .sorted { $0.name < $1.name }
            .map { $0.hasValue ? "\($0.name)=\($0.value)" : $0.name }
            .joined(separator: "&")
        let path = head.virtualBucketPath
        let isBucket = !path.dropFirst().contains("/")
        let resource = path + (isBucket ? end : "") + (parameters.isEmpty ? "" : "?\(parameters)")
        return """
            \(head.method)
            \(head.headers.first(name: "content-md5") ?? "")
            \(head.headers.first(name: "content-type") ?? "")
            \(date)
            \(headers.joined())\(resource)
            """
    }
}

extension ServiceHead {
    /// The path with the bucket first, be it that the host names the bucket
    /// (`imports.s3.localhost`).
    fileprivate var virtualBucketPath: String {
        virtualBucket.map { "/\($0)\(path)" } ?? path
    }

    /// The bucket that the host names.
    var virtualBucket: Substring? {
        let name = Router.name(ofHost: Substring(host))
        guard name.hasSuffix(".s3.localhost") else { return nil }
        let bucket = name.dropLast(".s3.localhost".count)
        return bucket.isEmpty ? nil : Substring(bucket)
    }
}

extension StringProtocol {
    /// Without spaces and tabs at both ends.
    var trimmingSpaces: String {
        var rest = self[...]
        while let first = rest.first, first == " " || first == "\t" { rest.removeFirst() }
        while let last = rest.last, last == " " || last == "\t" { rest.removeLast() }
        return String(rest)
    }
}
