public import FunctionRuntime

extension KeyValue {
    /// A key as lists have it.
    public struct Key: Sendable, Equatable {
        public var name: String
        public var expiration: Timestamp?
        public var metadata: JSON?
    }

    /// One page of keys.
    public struct Page: Sendable, Equatable {
        public var keys: [Key]
        /// Leads to the next page; nil at the last one.
        ///
        /// A page may be short, or empty, while there are more.
        public var next: String?
    }

    /// A page of the keys in the order of their UTF-8.
    ///
    /// - Parameters:
    ///   - prefix: what they start with.
    ///   - cursor: ``Page/next`` of the page before, of the same prefix.
    ///   - limit: 10 to 1,000.
    /// - Returns: the page.
    /// - Throws: ``ServiceError``.
    public func keys(
        prefix: String = "", after cursor: String? = nil, limit: Int = 1000
    ) throws -> Page {
        var path = "/keys?limit=\(limit)"
        if !prefix.isEmpty { path += "&prefix=\(PercentEncoding.encode(prefix))" }
        if let cursor { path += "&cursor=\(PercentEncoding.encode(cursor))" }
        let (result, info) = try answer(.init(name: "list", method: "GET", path: path))
        let next = info?["cursor"]?.text ?? ""
        return Page(
            keys: result.elements.map { key in
                Key(
                    name: key["name"]?.text ?? "",
                    expiration: (key["expiration"].integer)
                        .map { Timestamp(milliseconds: Int64($0) * 1000) },
                    metadata: key["metadata"])
            }, next: next.isEmpty ? nil : next)
    }

    /// Every key that starts with a prefix, page after page.
    public func each(prefix: String = "", _ body: (Key) throws -> Void) throws {
        var cursor: String?
        repeat {
            let page = try keys(prefix: prefix, after: cursor)
            for key in page.keys { try body(key) }
            cursor = page.next
        } while cursor != nil
    }

    /// One of the values that are put together.
    public struct Pair: Sendable {
        public var key: String
        public var value: [UInt8]
        public var expiry: Expiry?
        public var metadata: JSON?

        public init(
            _ key: String, bytes value: [UInt8], expiry: Expiry? = nil, metadata: JSON? = nil
        ) {
            self.key = key
            self.value = value
            self.expiry = expiry
            self.metadata = metadata
        }

        public init(
            _ key: String, _ text: String, expiry: Expiry? = nil, metadata: JSON? = nil
        ) {
            self.init(key, bytes: Array(text.utf8), expiry: expiry, metadata: metadata)
        }

        /// What JSON cannot hold as text goes in base64.
        var json: JSON {
            var members: [JSON.Member] = [.init("key", .string(key))]
            if let text = String(validating: value, as: UTF8.self) {
                members.append(.init("value", .string(text)))
            } else {
                members.append(.init("value", .string(Base64.encode(value))))
                members.append(.init("base64", true))
            }
            if let expiry { members.append(expiry.member) }
            if let metadata { members.append(.init("metadata", metadata)) }
            return .object(members)
        }
    }

    /// Puts up to 10,000 values of 100 MB together.
    ///
    /// - Returns: the keys that were not put, which may be tried again.
    @discardableResult
    public func put(_ pairs: [Pair]) throws -> [String] {
        let operation = Self.json(
            "put \(pairs.count) values", "PUT", "/bulk", .array(pairs.map(\.json)))
        return try answer(operation).result?["unsuccessful_keys"].elements.compactMap(\.text) ?? []
    }

    /// The values of up to 100 keys as text, without those that there are not.
    public func texts(_ keys: [String]) throws -> [String: String] {
        let operation = Self.json(
            "get \(keys.count) values", "POST", "/bulk/get",
            ["keys": .array(keys.map(JSON.string))])
        let pairs = try answer(operation).result?["values"].members.compactMap { member in
            member.value.text.map { (member.name, $0) }
        }
        return Dictionary(pairs ?? []) { $1 }
    }

    /// Deletes up to 10,000 keys.
    ///
    /// - Returns: the keys that were not deleted, which may be tried again.
    @discardableResult
    public func delete(_ keys: [String]) throws -> [String] {
        let operation = Self.json(
            "delete \(keys.count) keys", "POST", "/bulk/delete", .array(keys.map(JSON.string)))
        return try answer(operation).result?["unsuccessful_keys"].elements.compactMap(\.text) ?? []
    }
}
