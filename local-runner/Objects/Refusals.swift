import NIOHTTP1

/// What of S3 is not done here, found in a request before anything happens.
enum Refusals {
    /// Parameters that stand for a part of S3 of their own.
    private static let subresources: Set<String> = [
        "abac", "accelerate", "acl", "analytics", "annotation", "append", "cors", "encryption",
        "intelligent-tiering", "inventory", "legal-hold", "lifecycle", "logging",
        "metadataConfiguration",
        "metadataInventoryTable", "metadataJournalTable", "metadataTable", "metrics",
        "notification", "object-lock", "ownershipControls", "policy", "policyStatus",
        "publicAccessBlock", "renameObject", "replication", "requestPayment", "restore",
        "retention", "select", "select-type", "session", "tagging", "torrent", "versioning",
        "versions", "website",
    ]

    /// Headers of AWS's that are understood, or that ask for nothing that is not so anyway.
    private static let headers: Set<String> = [
        "x-amz-checksum-algorithm", "x-amz-checksum-mode", "x-amz-checksum-type",
        "x-amz-content-sha256", "x-amz-copy-source", "x-amz-copy-source-if-match",
        "x-amz-copy-source-if-modified-since", "x-amz-copy-source-if-none-match",
        "x-amz-copy-source-if-unmodified-since", "x-amz-copy-source-range", "x-amz-date",
        "x-amz-decoded-content-length", "x-amz-expected-bucket-owner", "x-amz-max-parts",
        "x-amz-metadata-directive", "x-amz-mp-object-size", "x-amz-object-attributes",
        "x-amz-optional-object-attributes", "x-amz-part-number-marker", "x-amz-request-payer",
        "x-amz-sdk-checksum-algorithm", "x-amz-security-token",
        "x-amz-source-expected-bucket-owner", "x-amz-trailer", "x-amz-user-agent",
    ]

    /// Headers that may only ask for what is so anyway.
    private static let defaults: [String: String] = [
        "x-amz-acl": "private", "x-amz-bucket-object-lock-enabled": "false",
        "x-amz-object-ownership": "BucketOwnerEnforced", "x-amz-storage-class": "STANDARD",
        "x-amz-tagging-directive": "COPY",
    ]

    /// Storage classes that there are at AWS; another is a mistake of the client's.
    private static let storageClasses: Set<String> = [
        "DEEP_ARCHIVE", "EXPRESS_ONEZONE", "GLACIER", "GLACIER_IR", "INTELLIGENT_TIERING",
        "ONEZONE_IA", "OUTPOSTS", "REDUCED_REDUNDANCY", "SNOW", "STANDARD_IA",
    ]

    /// A form that a page uploads: it is signed within its body.
    static func checkForm(_ request: ServiceRequest) throws {
        let type = request.headers.first(name: "content-type") ?? ""
        guard request.method == "POST", type.hasPrefix("multipart/form-data") else { return }
        throw ObjectsError.notImplemented("A form that uploads an object (PostObject)")
    }

    /// - Throws: ``ObjectsError`` of status 501 that names what was asked for.
    static func check(_ call: ObjectsCall) throws {
        for item in call.query.items {
            if subresources.contains(item.name) {
                throw ObjectsError.notImplemented("The subresource \"\(item.name)\"")
            }
            if item.name == "versionId", item.value != "null" {
                throw ObjectsError.notImplemented("The parameter \"versionId\"")
            }
        }
        for header in call.headers {
            let name = header.name.lowercased()
            guard name.hasPrefix("x-amz-"), !name.hasPrefix("x-amz-meta-") else { continue }
            if headers.contains(name) || isChecksum(name) { continue }
            guard defaults[name] == header.value else {
                if name == "x-amz-storage-class", !storageClasses.contains(header.value) {
                    throw ObjectsError(
                        400, "InvalidStorageClass", "The storage class you specified is not valid",
                        [("StorageClassRequested", header.value)])
                }
                throw ObjectsError.notImplemented("The header \"\(name): \(header.value)\"")
            }
        }
        try checkOwner(call, "x-amz-expected-bucket-owner")
        try checkOwner(call, "x-amz-source-expected-bucket-owner")
    }

    private static func isChecksum(_ header: String) -> Bool {
        ChecksumAlgorithm.allCases.contains { $0.header == header }
    }

    private static func checkOwner(_ call: ObjectsCall, _ name: String) throws {
        guard let owner = call.header(name) else { return }
        guard owner.utf8.count == 12, owner.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw ObjectsError(
                400, "InvalidBucketOwnerAWSAccountID",
                "The value of the expected bucket owner parameter must be an AWS Account ID... "
                    + "[\(owner)]")
        }
        guard owner == ObjectsService.accountID else { throw ObjectsError.accessDenied }
    }
}
