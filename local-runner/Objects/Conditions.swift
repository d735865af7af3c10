import NIOHTTP1

/// Entity tags of a conditional header: `*`, or a list of them.
struct EntityTags: Sendable {
    private let isAny: Bool
    private let tags: [String]

    /// Reads `"a", W/"b"`, and a bare `a`, which S3's clients send, too.
    init(_ text: String) {
        isAny = text.trimmingSpaces == "*"
        tags = text.split(separator: ",").map { part in
            var tag = Substring(part.trimmingSpaces)
            if tag.hasPrefix("W/") { tag = tag.dropFirst(2) }
            if tag.count >= 2, tag.hasPrefix("\""), tag.hasSuffix("\"") {
                tag = tag.dropFirst().dropLast()
            }
            return String(tag)
        }
    }

    func match(_ etag: String) -> Bool { isAny || tags.contains(etag) }
}

/// The conditions of a read, or of a copy's source (RFC 9110 §13).
struct ReadConditions: Sendable {
    private var ifMatch: EntityTags?
    private var ifNoneMatch: EntityTags?
    /// Epoch seconds; an unreadable date is no condition.
    private var ifModifiedSince: Int64?
    private var ifUnmodifiedSince: Int64?

    enum Outcome {
        case proceed
        case notModified
        /// By the name of the header.
        case failed(String)
    }

    init(_ headers: HTTPHeaders, prefix: String = "") {
        ifMatch = headers.first(name: prefix + "if-match").map { EntityTags($0) }
        ifNoneMatch = headers.first(name: prefix + "if-none-match").map { EntityTags($0) }
        ifModifiedSince = headers.first(name: prefix + "if-modified-since")
            .flatMap { WireDate.milliseconds(http: $0) }.map { $0 / 1000 }
        ifUnmodifiedSince = headers.first(name: prefix + "if-unmodified-since")
            .flatMap { WireDate.milliseconds(http: $0) }.map { $0 / 1000 }
    }

    /// Asks what to do with an object as it is; times in epoch milliseconds.
    func outcome(etag: String, modified: Int64, now: Int64) -> Outcome {
        let modified = modified / 1000
        if let ifMatch {
            if !ifMatch.match(etag) { return .failed("If-Match") }
        } else if let ifUnmodifiedSince, modified > ifUnmodifiedSince {
            return .failed("If-Unmodified-Since")
        }
        if let ifNoneMatch {
            if ifNoneMatch.match(etag) { return .notModified }
        } else if let ifModifiedSince, ifModifiedSince <= now / 1000, modified <= ifModifiedSince {
            return .notModified
        }
        return .proceed
    }
}

/// The conditions of a write: that there is an object as the client knows it, or that there is none.
struct WriteConditions: Sendable {
    private var ifMatch: EntityTags?
    private var ifNoneMatch: EntityTags?

    static let none = WriteConditions()

    private init() {}

    init(_ headers: HTTPHeaders) {
        ifMatch = headers.first(name: "if-match").map { EntityTags($0) }
        ifNoneMatch = headers.first(name: "if-none-match").map { EntityTags($0) }
    }

    init(ifMatch etag: String?) {
        ifMatch = etag.map { EntityTags($0) }
    }

    /// - Throws: ``ObjectsError`` where they do not hold for what is there.
    func check(etag: String?, key: String) throws {
        if let ifMatch {
            guard let etag else { throw ObjectsError.noSuchKey(key) }
            guard ifMatch.match(etag) else { throw ObjectsError.preconditionFailed("If-Match") }
        }
        if let ifNoneMatch, let etag, ifNoneMatch.match(etag) {
            throw ObjectsError.preconditionFailed("If-None-Match")
        }
    }
}
