internal import FunctionRuntime

extension Objects {
    /// What is said of an object when it is put.
    public struct Attributes: Sendable {
        public var contentType: String?
        public var cacheControl: String?
        public var contentDisposition: String?
        /// Names and values of ASCII, which HTTP's header fields are.
        public var metadata: [String: String]
        /// `"*"` refuses to replace what is there already (412).
        public var ifNoneMatch: String?
        /// Refuses to replace anything but what has this ETag (412).
        public var ifMatch: String?

        public init(
            contentType: String? = nil, cacheControl: String? = nil,
            contentDisposition: String? = nil, metadata: [String: String] = [:],
            ifNoneMatch: String? = nil, ifMatch: String? = nil
        ) {
            self.contentType = contentType
            self.cacheControl = cacheControl
            self.contentDisposition = contentDisposition
            self.metadata = metadata
            self.ifNoneMatch = ifNoneMatch
            self.ifMatch = ifMatch
        }

        /// Whether sending it twice might refuse what the first one did.
        var isConditional: Bool { ifNoneMatch != nil || ifMatch != nil }

        var conditions: Headers {
            Self.headers([("if-none-match", ifNoneMatch), ("if-match", ifMatch)])
        }

        var headers: Headers {
            Self.headers(
                [
                    ("content-type", contentType), ("cache-control", cacheControl),
                    ("content-disposition", contentDisposition),
                ] + metadata.map { ("x-amz-meta-\($0.key)", $0.value) })
        }

        private static func headers(_ values: [(String, String?)]) -> Headers {
            var headers = Headers()
            for (name, value) in values {
                if let value { headers[name] = value }
            }
            return headers
        }
    }

    /// Puts an object from memory, in place of one that has the key.
    ///
    /// - Returns: its ETag.
    @discardableResult
    public func put(
        _ key: String, _ body: [UInt8], _ attributes: Attributes = .init()
    ) throws -> String {
        try put(key, .bytes(body), attributes)
    }

    /// Puts an object that is a part of a file, 5 GiB at most; ``upload(_:file:offset:count:_:partSize:)``
    /// takes more.
    ///
    /// - Returns: its ETag.
    @discardableResult
    public func put(
        _ key: String, file descriptor: Int32, offset: Int = 0, count: Int,
        _ attributes: Attributes = .init()
    ) throws -> String {
        try put(key, .file(descriptor, offset: offset, count: count), attributes)
    }

    private func put(
        _ key: String, _ body: HTTP.Body, _ attributes: Attributes
    ) throws -> String {
        var operation = Operation(name: "PutObject", method: "PUT", key: key, body: body)
        operation.headers = attributes.headers
        for field in attributes.conditions.fields { operation.headers[field.name] = field.value }
        operation.isRepeatable = !attributes.isConditional
        return try putChecked(operation)
    }

    /// Sends a body with its checksum.
    ///
    /// - Returns: the ETag.
    func putChecked(_ operation: Operation) throws -> String {
        var operation = operation
        operation.headers["x-amz-checksum-crc32"] = try CRC32.header(
            of: .init(operation.method, operation.key ?? "", body: operation.body))
        let response = try perform(operation)
        guard let etag = response.headers["etag"] else {
            throw unreadable(response, of: operation, "The answer has no ETag.")
        }
        return etag
    }

    /// Deletes an object; that there is none is no error.
    public func delete(_ key: String) throws {
        _ = try perform(.init(name: "DeleteObject", method: "DELETE", key: key))
    }

    /// Copies an object within the bucket or from another one, content and attributes.
    ///
    /// - Parameters:
    ///   - source: the key of what is copied.
    ///   - key: of the copy.
    ///   - bucket: where the source is; nil for this bucket.
    ///   - conditions: what must hold of the source; a 412 otherwise.
    ///   - attributes: those of the copy instead of the source's.
    /// - Returns: the copy's ETag.
    /// - Throws: ``ServiceError``, `NoSuchKey` where there is no such source.
    @discardableResult
    public func copy(
        _ source: String, to key: String, from bucket: String? = nil,
        if conditions: Conditions = .init(), attributes: Attributes? = nil
    ) throws -> String {
        var operation = Operation(name: "CopyObject", method: "PUT", key: key)
        operation.headers = attributes?.headers ?? [:]
        operation.headers["x-amz-copy-source"] = PercentEncoding.encode(
            "\(try bucket ?? bucketName)/\(source)", keeping: "/")
        operation.headers["x-amz-metadata-directive"] = attributes == nil ? "COPY" : "REPLACE"
        conditions.add(to: &operation.headers, prefix: "x-amz-copy-source-")
        let response = try perform(operation)
        return try text("ETag", response, of: operation)
    }
}
