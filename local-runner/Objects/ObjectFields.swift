import FunctionRuntime
import NIOHTTP1

/// What a client has said of an object and gets back with it: `Content-Type` and its like, and the
/// metadata of its own under `x-amz-meta-`.
struct ObjectFields: Sendable {
    /// Names in lower case.
    var items: [(name: String, value: String)]

    static let none = ObjectFields(items: [])
    static let metadataLimit = 8192

    static let kept: Set<String> = [
        "cache-control", "content-disposition", "content-encoding", "content-language",
        "content-type", "expires",
    ]

    private init(items: [(name: String, value: String)]) {
        self.items = items
    }

    /// Takes them from a request.
    ///
    /// - Throws: ``ObjectsError`` where the metadata is too large.
    init(_ headers: HTTPHeaders) throws {
        var items: [(name: String, value: String)] = []
        var size = 0
        for name in Set(headers.map { $0.name.lowercased() }).sorted() {
            let isMetadata = name.hasPrefix("x-amz-meta-")
            guard isMetadata || Self.kept.contains(name) else { continue }
            var value = headers[name].joined(separator: ",")
            if name == "content-encoding" { value = Self.withoutChunks(value) }
            if isMetadata { size += name.utf8.count - 11 + value.utf8.count }
            if !value.isEmpty || isMetadata { items.append((name, value)) }
        }
        guard size <= Self.metadataLimit else {
            throw ObjectsError(
                400, "MetadataTooLarge",
                "Your metadata headers exceed the maximum allowed metadata size",
                [("Size", String(size)), ("MaxSizeAllowed", String(Self.metadataLimit))])
        }
        self.items = items
    }

    /// A content encoding without the one that is only for the way.
    private static func withoutChunks(_ value: String) -> String {
        guard value.lowercased().contains("aws-chunked") else { return value }
        return value.split(separator: ",").map(\.trimmingSpaces)
            .filter { $0.lowercased() != "aws-chunked" }
            .joined(separator: ",")
    }

    /// As the database keeps them.
    var stored: String {
        String(
            decoding: JSON.object(items.map { .init($0.name, .string($0.value)) }).bytes,
            as: UTF8.self)
    }

    init(stored: String) {
        guard case .object(let members)? = try? JSON(parsing: Array(stored.utf8)) else {
            items = []
            return
        }
        items = members.map { ($0.name, $0.value.text ?? "") }
    }
}
