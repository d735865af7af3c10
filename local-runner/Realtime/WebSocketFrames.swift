import NIOCore
import NIOWebSocket

/// Frames as the server sends them (RFC 6455 §5.2): whole messages, not masked.
///
/// A frame is made once; what goes to many sockets is one buffer that all of them share.
enum WebSocketFrames {
    /// A control frame carries no more, in bytes (§5.5).
    static let controlLimit = 125

    static func frame(_ opcode: WebSocketOpcode, _ content: ByteBuffer) -> ByteBuffer {
        let length = content.readableBytes
        var frame = ByteBufferAllocator().buffer(capacity: length + 10)
        frame.writeInteger(UInt8(webSocketOpcode: opcode) | 0x80)
        switch length {
        case 0...125:
            frame.writeInteger(UInt8(length))
        case 126...0xFFFF:
            frame.writeInteger(UInt8(126))
            frame.writeInteger(UInt16(length))
        default:
            frame.writeInteger(UInt8(127))
            frame.writeInteger(UInt64(length))
        }
        frame.writeImmutableBuffer(content)
        return frame
    }

    /// The same, if clients take it.
    static func checkedFrame(
        _ opcode: WebSocketOpcode, _ content: ByteBuffer
    ) throws(WebSocketProblem) -> ByteBuffer {
        if opcode.isControlOpcode, content.readableBytes > controlLimit {
            throw .unclear("A ping and a pong have \(controlLimit) bytes at most.")
        }
        if opcode == .text, !content.withUnsafeReadableBytes({ JSONString.isUTF8($0) }) {
            throw .notUTF8
        }
        return frame(opcode, content)
    }

    /// The frame that ends a connection.
    ///
    /// - Parameters:
    ///   - code: nil for none.
    ///   - reason: is cut, at a character, to what a frame has room for.
    /// - Returns: the frame.
    static func close(_ code: Int?, _ reason: String = "") -> ByteBuffer {
        var content = ByteBuffer()
        guard let code else { return frame(.connectionClose, content) }
        content.writeInteger(UInt16(truncatingIfNeeded: code))
        for character in reason {
            guard content.readableBytes + character.utf8.count <= controlLimit else { break }
            content.writeString(String(character))
        }
        return frame(.connectionClose, content)
    }

    /// Whether a code may stand in a frame (§7.4, and those that IANA has registered since).
    static func isCode(_ code: Int) -> Bool {
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}
