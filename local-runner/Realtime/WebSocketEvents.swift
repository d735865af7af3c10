import NIOCore

/// What happens on a WebSocket, as WebSocket-over-HTTP tells it to a function, and a function to the
/// runner.
///
///     TEXT 5\r\nhello\r\n
///     CLOSE 2\r\n\u{03}\u{E8}\r\n
///
/// A body of type `application/websocket-events` is a sequence of these: a name, where there is
/// content its length in hexadecimal, and a line break; the content, and a line break.
struct WebSocketEvent: Equatable {
    enum Kind: String {
        case open = "OPEN"
        case text = "TEXT"
        case binary = "BINARY"
        case ping = "PING"
        case pong = "PONG"
        case close = "CLOSE"
        case disconnect = "DISCONNECT"
    }

    static let mediaType = "application/websocket-events"

    var kind: Kind
    var content = ByteBuffer()

    /// What a client has sent, as the function is told.
    init(_ message: WebSocketMessage) {
        switch message {
        case .text(let content): self.init(.text, content)
        case .binary(let content): self.init(.binary, content)
        case .ping(let content): self.init(.ping, content)
        case .pong(let content): self.init(.pong, content)
        case .close(let code, let reason):
            var content = ByteBuffer()
            if let code {
                content.writeInteger(UInt16(code))
                content.writeString(reason)
            }
            self.init(.close, content)
        }
    }

    init(_ kind: Kind, _ content: ByteBuffer = ByteBuffer()) {
        self.kind = kind
        self.content = content
    }

    /// Of a close, its code and reason; nil where it has none.
    var closing: (code: Int, reason: String)? {
        var content = content
        return content.readInteger(as: UInt16.self).map {
            (Int($0), String(decoding: content.readableBytesView, as: UTF8.self))
        }
    }

    /// Adds it to a body.
    func write(into body: inout ByteBuffer) {
        body.writeString(kind.rawValue)
        if content.readableBytes > 0 || kind == .text || kind == .binary {
            body.writeStaticString(" ")
            body.writeString(String(content.readableBytes, radix: 16))
            body.writeStaticString("\r\n")
            body.writeImmutableBuffer(content)
        }
        body.writeStaticString("\r\n")
    }
}

extension WebSocketEvent {
    /// Reads a body.
    ///
    /// - Throws: ``ScanError`` where it is not a sequence of events.
    static func read(_ body: ByteBuffer) throws(ScanError) -> [WebSocketEvent] {
        var events: [WebSocketEvent] = []
        var rest = body
        while rest.readableBytes > 0 { events.append(try next(of: &rest)) }
        return events
    }

    private static func next(of rest: inout ByteBuffer) throws(ScanError) -> WebSocketEvent {
        let offset = rest.readerIndex
        let line = rest.readableBytesView.prefix(32).prefix { $0 != UInt8(ascii: "\r") }
        let words = String(decoding: line, as: UTF8.self).split(
            separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        rest.moveReaderIndex(forwardBy: line.count)
        try skipBreak(of: &rest)
        guard let kind = Kind(rawValue: String(words[0])) else {
            throw ScanError(
                problem: "\(words[0].debugDescription) is no kind of event", offset: offset)
        }
        guard words.count == 2 else { return WebSocketEvent(kind) }
        guard let length = Int(words[1], radix: 16), length >= 0,
            let content = rest.readSlice(length: length)
        else {
            throw ScanError(
                problem: """
                    an event has not the \(words[1].debugDescription) bytes that it says, in \
                    hexadecimal
                    """,
                offset: offset)
        }
        try skipBreak(of: &rest)
        return WebSocketEvent(kind, content)
    }

    private static func skipBreak(of rest: inout ByteBuffer) throws(ScanError) {
        guard rest.readableBytesView.starts(with: "\r\n".utf8) else {
            throw ScanError(problem: "a line break is missing", offset: rest.readerIndex)
        }
        rest.moveReaderIndex(forwardBy: 2)
    }
}
