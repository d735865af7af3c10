internal import FunctionRuntime

extension Objects {
    /// One page of what is in a bucket.
    public struct Page: Sendable, Equatable {
        public var objects: [Info]
        /// What the keys up to the delimiter have in common.
        public var prefixes: [String]
        /// Leads to the next page; nil at the last one.
        public var next: String?
    }

    /// A page of the objects in the order of their keys' UTF-8.
    ///
    /// - Parameters:
    ///   - prefix: what keys start with.
    ///   - delimiter: keys that have it behind the prefix are given as one of ``Page/prefixes``.
    ///   - token: ``Page/next`` of the page before.
    ///   - limit: how many entries at most, up to 1,000.
    /// - Returns: the page.
    /// - Throws: ``ServiceError``.
    public func list(
        prefix: String = "", delimiter: String? = nil, after token: String? = nil,
        limit: Int = 1000
    ) throws -> Page {
        var operation = Operation(name: "ListObjectsV2", method: "GET")
        // XML has no way to write some characters that a key may have.
        operation.query = [("list-type", "2"), ("encoding-type", "url")]
        operation.query += [("prefix", prefix), ("max-keys", String(limit))]
        if let delimiter { operation.query.append(("delimiter", delimiter)) }
        if let token { operation.query.append(("continuation-token", token)) }
        let response = try perform(operation)
        let root = try document(response, of: operation)
        let isEncoded = root["EncodingType"]?.text == "url"
        func key(_ element: XMLElement?) throws -> String {
            let text = element?.text ?? ""
            guard isEncoded else { return text }
            guard let key = PercentEncoding.decode(text.utf8, plusIsSpace: true) else {
                throw unreadable(response, of: operation, "The key \(text) cannot be read.")
            }
            return key
        }
        return Page(
            objects: try root.all("Contents").map { entry in
                Info(
                    key: try key(entry["Key"]), size: entry["Size"].flatMap { Int($0.text) } ?? 0,
                    etag: entry["ETag"]?.text ?? "",
                    modified: entry["LastModified"].flatMap { Timestamp($0.text) })
            },
            prefixes: try root.all("CommonPrefixes").map { try key($0["Prefix"]) },
            next: root["IsTruncated"]?.text == "true" ? root["NextContinuationToken"]?.text : nil)
    }

    /// Every object whose key starts with a prefix, page after page.
    public func each(prefix: String = "", _ body: (Info) throws -> Void) throws {
        var token: String?
        repeat {
            let page = try list(prefix: prefix, after: token)
            for object in page.objects { try body(object) }
            token = page.next
        } while token != nil
    }
}

extension Objects {
    /// The names of an account's buckets.
    ///
    /// - Parameters:
    ///   - endpoint: the start of addresses, without a slash at its end.
    ///   - account: whose they are.
    /// - Returns: the names, in order.
    /// - Throws: ``ServiceError``.
    public static func buckets(endpoint: String, account: AWSAccount) throws -> [String] {
        let service = Objects(Bucket(name: "", endpoint: endpoint, account: account))
        let operation = Operation(name: "ListBuckets", method: "GET")
        let root = try service.document(try service.perform(operation), of: operation)
        return root["Buckets"]?.all("Bucket").compactMap { $0["Name"]?.text } ?? []
    }
}
