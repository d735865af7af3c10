/// What happens on a WebSocket, as WebSocket-over-HTTP tells it to a function and a function to it.
///
///     TEXT 5\r\nhello\r\n
///     CLOSE 2\r\n\u{03}\u{E8}\r\n
///
/// A body of type `application/websocket-events` is a sequence of these: a name, where there is
/// content its length in hexadecimal, and a line break; the content, and a line break.
public enum WebSocketEvent: Sendable, Equatable {
    /// A client wants to connect; in the answer, it may.
    case open
    case text(String)
    case binary([UInt8])
    case ping([UInt8])
    case pong([UInt8])
    /// One side wants to end it; nil for a close without a code (RFC 6455 §7.1.5).
    case close(code: Int?, reason: String)
    /// The connection was lost; nothing can be sent any more.
    case disconnect
    /// Nothing happened for the time that the function has asked for (``WebSocket/beat``).
    case beat

    static let mediaType = "application/websocket-events"
}

/// The bytes are not a sequence of events.
struct MalformedEvents: Error {}

extension WebSocketEvent {
    /// Reads a body; without anything it is a beat.
    static func read(_ body: [UInt8]) throws(MalformedEvents) -> [WebSocketEvent] {
        var events: [WebSocketEvent] = []
        var rest = body[...]
        while !rest.isEmpty { events.append(try next(of: &rest)) }
        return events.isEmpty ? [.beat] : events
    }

    private static func next(of rest: inout ArraySlice<UInt8>) throws(MalformedEvents) -> Self {
        guard let end = rest.firstIndex(of: 0x0D) else { throw MalformedEvents() }
        let words = rest[..<end].split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) }
        rest = rest[end...]
        try skipBreak(of: &rest)
        var content: [UInt8] = []
        if words.count == 2 {
            guard let length = Int(words[1], radix: 16), (0...rest.count).contains(length) else {
                throw MalformedEvents()
            }
            content = Array(rest.prefix(length))
            rest.removeFirst(length)
            try skipBreak(of: &rest)
        }
        guard let name = words.first, let event = Self(name, content) else {
            throw MalformedEvents()
        }
        return event
    }

    private static func skipBreak(of rest: inout ArraySlice<UInt8>) throws(MalformedEvents) {
        guard rest.starts(with: [0x0D, 0x0A]) else { throw MalformedEvents() }
        rest.removeFirst(2)
    }

    private init?(_ name: String, _ content: [UInt8]) {
        switch name {
        case "OPEN": self = .open
        case "TEXT":
            guard let text = String(validating: content, as: UTF8.self) else { return nil }
            self = .text(text)
        case "BINARY": self = .binary(content)
        case "PING": self = .ping(content)
        case "PONG": self = .pong(content)
        case "CLOSE":
            let code = content.count >= 2 ? Int(content[0]) << 8 | Int(content[1]) : nil
            self = .close(code: code, reason: String(decoding: content.dropFirst(2), as: UTF8.self))
        case "DISCONNECT": self = .disconnect
        default: return nil
        }
    }

    /// The event as a part of a body; a beat is nothing.
    var bytes: [UInt8] {
        switch self {
        case .open: Array("OPEN\r\n".utf8)
        case .text(let text): Self.bytes("TEXT", Array(text.utf8))
        case .binary(let content): Self.bytes("BINARY", content)
        case .ping(let content): Self.bytes("PING", content)
        case .pong(let content): Self.bytes("PONG", content)
        case .close(nil, _): Array("CLOSE\r\n".utf8)
        case .close(let code?, let reason):
            Self.bytes(
                "CLOSE",
                [UInt8(truncatingIfNeeded: code >> 8), UInt8(truncatingIfNeeded: code)]
                    + reason.utf8)
        case .disconnect: Array("DISCONNECT\r\n".utf8)
        case .beat: []
        }
    }

    private static func bytes(_ name: String, _ content: [UInt8]) -> [UInt8] {
        Array("\(name) \(String(content.count, radix: 16))\r\n".utf8) + content + [0x0D, 0x0A]
    }
}
