internal import FunctionCrypto
public import FunctionRuntime

extension KeyValue {
    /// When a value ends; at least a minute ahead.
    public enum Expiry: Sendable, Equatable {
        case at(Timestamp)
        case `in`(seconds: Int)

        var query: String {
            switch self {
            case .at(let time): "expiration=\(time.milliseconds / 1000)"
            case .in(let seconds): "expiration_ttl=\(seconds)"
            }
        }

        var member: JSON.Member {
            switch self {
            case .at(let time): .init("expiration", .number(String(time.milliseconds / 1000)))
            case .in(let seconds): .init("expiration_ttl", .number(String(seconds)))
            }
        }
    }

    /// The bytes of a value; nil where there is no such key.
    public func bytes(_ key: String) throws -> [UInt8]? {
        try optional {
            try perform(
                .init(name: "get \(key)", method: "GET", path: Self.path("values", key))
            ).body
        }
    }

    /// A value as text; nil where there is no such key.
    ///
    /// - Throws: ``ServiceError`` too where it is not UTF-8.
    public func text(_ key: String) throws -> String? {
        guard let bytes = try bytes(key) else { return nil }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ServiceError(
                service: "Cloudflare KV", operation: "get \(key) in \(name)", status: 200,
                code: "", message: "The value is not text in UTF-8.")
        }
        return text
    }

    /// A value that is JSON, decoded; nil where there is no such key.
    public func value<Value: Decodable>(
        _ key: String, as type: Value.Type = Value.self
    ) throws -> Value? {
        guard let bytes = try bytes(key) else { return nil }
        do {
            return try JSON(parsing: bytes).decode(as: type)
        } catch {
            // A caller of the function has no part in it, so it is no `Failure` of theirs.
            throw ServiceError(
                service: "Cloudflare KV", operation: "get \(key) in \(name)", status: 200,
                code: "", message: "The value is not JSON of a \(type): \(error)")
        }
    }

    /// Puts a value.
    ///
    /// - Parameters:
    ///   - key: up to 512 bytes.
    ///   - value: up to 25 MiB.
    ///   - expiry: when it ends; nil for never.
    ///   - metadata: up to 1,024 bytes of JSON, which lists give along with the key.
    /// - Throws: ``ServiceError``.
    public func put(
        _ key: String, bytes value: [UInt8], expiry: Expiry? = nil, metadata: JSON? = nil
    ) throws {
        var operation = Operation(
            name: "put \(key)", method: "PUT", path: Self.path("values", key))
        if let expiry { operation.path += "?\(expiry.query)" }
        if let metadata {
            let boundary = try Token.make()
            operation.headers["content-type"] = "multipart/form-data; boundary=\(boundary)"
            operation.body = .bytes(Self.form(value, metadata, boundary))
        } else {
            operation.headers["content-type"] = "application/octet-stream"
            operation.body = .bytes(value)
        }
        _ = try answer(operation)
    }

    /// Puts a text; see ``put(_:bytes:expiry:metadata:)``.
    public func put(
        _ key: String, _ text: String, expiry: Expiry? = nil, metadata: JSON? = nil
    ) throws {
        try put(key, bytes: Array(text.utf8), expiry: expiry, metadata: metadata)
    }

    /// Puts a value as JSON; see ``put(_:bytes:expiry:metadata:)``.
    public func put(
        _ key: String, json value: some Encodable, expiry: Expiry? = nil, metadata: JSON? = nil
    ) throws {
        try put(key, bytes: try JSON(encoding: value).bytes, expiry: expiry, metadata: metadata)
    }

    /// Deletes a key; that there is none is no error.
    public func delete(_ key: String) throws {
        _ = try answer(
            .init(name: "delete \(key)", method: "DELETE", path: Self.path("values", key)))
    }

    /// The metadata of a key; nil where there is no such key, and null where it has none.
    public func metadata(_ key: String) throws -> JSON? {
        try optional {
            let operation = Operation(
                name: "metadata of \(key)", method: "GET", path: Self.path("metadata", key))
            return try answer(operation).result ?? .null
        }
    }

    /// The value and its metadata as a form (RFC 7578).
    private static func form(_ value: [UInt8], _ metadata: JSON, _ boundary: String) -> [UInt8] {
        func head(_ name: String) -> [UInt8] {
            Array("--\(boundary)\r\ncontent-disposition: form-data; name=\"\(name)\"\r\n\r\n".utf8)
        }
        let newLine = Array("\r\n".utf8)
        return head("value") + value + newLine + head("metadata") + metadata.bytes + newLine
            + Array("--\(boundary)--\r\n".utf8)
    }
}
