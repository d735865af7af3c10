internal import CHiredis

/// What Redis answers (RESP2).
package enum RedisReply: Sendable, Equatable {
    case null
    /// A short text, such as `OK`.
    case status(String)
    case integer(Int)
    case bytes([UInt8])
    case array([RedisReply])
    /// Code and words.
    case error(String)

    init(_ reply: redisReply) {
        switch reply.type {
        case REDIS_REPLY_NIL: self = .null
        case REDIS_REPLY_INTEGER: self = .integer(Int(reply.integer))
        case REDIS_REPLY_STATUS:
            self = .status(String(decoding: Self.content(of: reply), as: UTF8.self))
        case REDIS_REPLY_ERROR:
            self = .error(String(decoding: Self.content(of: reply), as: UTF8.self))
        case REDIS_REPLY_ARRAY:
            let elements = UnsafeBufferPointer(start: reply.element, count: reply.elements)
            self = .array(elements.map { $0.map { RedisReply($0.pointee) } ?? .null })
        default: self = .bytes(Array(Self.content(of: reply)))
        }
    }

    private static func content(of reply: redisReply) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: reply.str, count: reply.str == nil ? 0 : reply.len)
    }

    /// What it is, for an error that must not say what is in it.
    var kind: String {
        switch self {
        case .null: "nothing"
        case .status: "a status"
        case .integer: "a number"
        case .bytes: "bytes"
        case .array: "an array"
        case .error: "an error"
        }
    }
}
