import FunctionHTTP
import FunctionRuntime
import NIOCore

extension ObjectsService {
    func listBuckets(_ call: ObjectsCall) throws -> ServiceResponse {
        let limit = try call.number("max-buckets", upTo: 10_000)
        guard limit != 0 else {
            throw ObjectsError.invalidArgument(
                "max-buckets must be between 1 and 10000", "max-buckets", "0")
        }
        let prefix = call.query["prefix"] ?? ""
        let start = try call.query["continuation-token"].map(ListToken.decode) ?? ""
        var buckets = try store.buckets(
            prefix: prefix, after: start, limit: (limit ?? 10_000) + 1)
        let isTruncated = buckets.count > limit ?? 10_000
        if isTruncated { buckets.removeLast() }
        return ServiceResponse(xml: "ListAllMyBucketsResult") { xml in
            xml.element("Owner") { self.writeOwner(&$0) }
            xml.element("Buckets") { xml in
                for bucket in buckets {
                    xml.element("Bucket") {
                        $0.element("Name", bucket.name)
                        $0.element("CreationDate", Self.time(bucket.created))
                        if limit != nil { $0.element("BucketRegion", Self.region) }
                    }
                }
            }
            if isTruncated, let last = buckets.last {
                xml.element("ContinuationToken", ListToken.encode(last.name))
            }
            xml.optional("Prefix", call.query["prefix"])
        }
    }

    func createBucket(_ call: ObjectsCall) async throws -> ServiceResponse {
        guard BucketName.isValid(call.bucket) else {
            throw ObjectsError(
                400, "InvalidBucketName", "The specified bucket is not valid.",
                [("BucketName", call.bucket)])
        }
        if call.request.body.length != 0 { try await readConfiguration(call) }
        // In us-east-1, making one's own bucket once more is no error.
        try store.createBucket(call.bucket, at: clock.now)
        return ServiceResponse(status: 200, headers: [("location", "/\(call.bucket)")])
    }

    private func readConfiguration(_ call: ObjectsCall) async throws {
        let root = try await BodyReader(call).xml()
        guard root.name == "CreateBucketConfiguration" else { throw ObjectsError.malformedXML }
        for child in root.children where child.name != "LocationConstraint" {
            throw ObjectsError.notImplemented("The element \"\(child.name)\"")
        }
        let location = root["LocationConstraint"]?.text ?? ""
        guard SignatureVerifier.regions.contains(location) else {
            throw ObjectsError(
                400, "IllegalLocationConstraintException",
                """
                The \(location) location constraint is incompatible for the region specific \
                endpoint this request was sent to.
                """)
        }
    }

    func headBucket(_ call: ObjectsCall) throws -> ServiceResponse {
        try store.requireBucket(call.bucket)
        return ServiceResponse(
            status: 200,
            headers: [
                ("x-amz-bucket-region", Self.region), ("x-amz-access-point-alias", "false"),
            ])
    }

    func deleteBucket(_ call: ObjectsCall) throws -> ServiceResponse {
        try store.deleteBucket(call.bucket)
        return ServiceResponse(status: 204)
    }

    func bucketLocation(_ call: ObjectsCall) throws -> ServiceResponse {
        try store.requireBucket(call.bucket)
        // Empty is AWS's word for us-east-1.
        return ServiceResponse(xml: "LocationConstraint") { _ in }
    }

    func writeOwner(_ xml: inout XMLWriter) {
        xml.element("ID", owner)
        xml.element("DisplayName", "local-runner")
    }

    static func time(_ milliseconds: Int64) -> String {
        Timestamp(milliseconds: milliseconds).description
    }
}

/// The rules for a bucket's name.
enum BucketName {
    static func isValid(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        guard (3...63).contains(bytes.count), let first = bytes.first, let last = bytes.last,
            isAlphanumeric(first), isAlphanumeric(last),
            bytes.allSatisfy({ isAlphanumeric($0) || $0 == 0x2D || $0 == 0x2E }),
            !["..", ".-", "-."].contains(where: { name.contains($0) }), !isAddress(name)
        else { return false }
        return !["xn--", "sthree-", "amzn-s3-demo-"].contains { name.hasPrefix($0) }
            && !["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"].contains {
                name.hasSuffix($0)
            }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
    }

    /// Whether it looks like 192.168.0.1.
    private static func isAddress(_ name: String) -> Bool {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { (1...3).contains($0.count) && Int($0) != nil }
    }
}

/// Where a list goes on: opaque to the client, a name to us.
enum ListToken {
    static func encode(_ name: String) -> String {
        Base64.encode(Array(name.utf8), as: .url)
    }

    static func decode(_ token: String) throws -> String {
        guard !token.isEmpty, let bytes = Base64.decode(token, as: .url),
            let name = String(validating: bytes, as: UTF8.self)
        else {
            throw ObjectsError.invalidArgument(
                "The continuation token provided is incorrect", "continuation-token", token)
        }
        return name
    }
}
