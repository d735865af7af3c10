import NIOCore
import NIOWebSocket

/// Why a connection is failed (RFC 6455 §7.1.7), as its last frame tells it.
struct WebSocketProblem: Error, Equatable {
    var code: Int
    var reason: String

    static func unclear(_ reason: String) -> WebSocketProblem {
        WebSocketProblem(code: 1002, reason: reason)
    }

    static let notUTF8 = WebSocketProblem(code: 1007, reason: "A text must be UTF-8.")

    static func tooLarge(limit: Int) -> WebSocketProblem {
        WebSocketProblem(code: 1009, reason: "A message may have \(limit) bytes.")
    }
}

/// What a client has sent, whole.
enum WebSocketMessage: Equatable {
    case text(ByteBuffer)
    case binary(ByteBuffer)
    case ping(ByteBuffer)
    case pong(ByteBuffer)
    /// Without a code where the client gave none.
    case close(code: Int?, reason: String)
}

/// Makes messages of frames, and checks what NIO's decoder has not (RFC 6455 §5).
///
/// That has checked that control frames are short and whole. A text is checked fragment by fragment,
/// so that one that is broken is refused before its end has come.
struct WebSocketAssembler {
    /// In bytes.
    let limit: Int
    /// The message that was begun, by its first frame.
    private var opcode: WebSocketOpcode?
    private var content = ByteBuffer()
    private var text = UTF8Check()

    init(limit: Int) {
        self.limit = limit
    }

    /// Takes a frame.
    ///
    /// - Returns: the message that it completes; nil where more is to come.
    mutating func take(_ frame: WebSocketFrame) throws(WebSocketProblem) -> WebSocketMessage? {
        guard !frame.rsv1, !frame.rsv2, !frame.rsv3 else {
            throw .unclear("A reserved bit is set, and no extension was agreed on.")
        }
        guard frame.maskKey != nil else { throw .unclear("A client's frames must be masked.") }
        switch frame.opcode {
        case .ping: return .ping(frame.unmaskedData)
        case .pong: return .pong(frame.unmaskedData)
        case .connectionClose: return try Self.close(frame.unmaskedData)
        case .text, .binary:
            guard opcode == nil else {
                throw .unclear("A message began before the one before it had ended.")
            }
            opcode = frame.opcode
        case .continuation:
            guard opcode != nil else { throw .unclear("No message was begun that could go on.") }
        default: throw .unclear("There is no such kind of frame.")
        }
        return try add(frame.unmaskedData, isLast: frame.fin)
    }

    private mutating func add(
        _ piece: ByteBuffer, isLast: Bool
    ) throws(WebSocketProblem) -> WebSocketMessage? {
        guard content.readableBytes + piece.readableBytes <= limit else {
            throw .tooLarge(limit: limit)
        }
        if opcode == .text {
            let isText = piece.withUnsafeReadableBytes { text.take($0) }
            guard isText, !isLast || text.isComplete else { throw .notUTF8 }
        }
        if content.readableBytes == 0 {
            content = piece
        } else {
            content.writeImmutableBuffer(piece)
        }
        guard isLast else { return nil }
        defer {
            opcode = nil
            content = ByteBuffer()
        }
        return opcode == .text ? .text(content) : .binary(content)
    }

    private static func close(
        _ content: ByteBuffer
    ) throws(WebSocketProblem) -> WebSocketMessage {
        var content = content
        guard content.readableBytes > 0 else { return .close(code: nil, reason: "") }
        guard let code = content.readInteger(as: UInt16.self).map(Int.init),
            WebSocketFrames.isCode(code)
        else { throw .unclear("A connection cannot be closed with that code.") }
        guard let reason = String(validating: content.readableBytesView, as: UTF8.self) else {
            throw .notUTF8
        }
        return .close(code: code, reason: reason)
    }
}
