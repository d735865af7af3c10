import NIOCore
import NIOWebSocket

/// What is published on a channel, in the forms that clients are held in.
///
/// It is read once, on a thread of its own (``PublishReader``); what goes to many is encoded there.
struct PublishedItem: Sendable {
    /// What streams get.
    enum Stream: Sendable {
        case content(StreamPiece)
        /// Nothing, but the hint to ask the function for news.
        case hint
        /// The end.
        case close
    }

    /// What WebSockets get.
    enum Message: Sendable {
        case content(MessagePiece)
        /// Nothing, but the request to ask the function for news.
        case refresh
        /// The end, with a status code (RFC 6455 §7.4) where one was given.
        case close(code: Int?, reason: String)
    }

    /// What those get who wait for a response.
    enum Response: Sendable {
        /// The response; its fields take the place of those of the same name in the response that
        /// waits.
        case content(PublishedResponse)
        /// Nothing, but the hint to ask the function again.
        case hint
    }

    /// In the app; ``Hub/Channel`` has the app's name beside it.
    var channel: String
    /// Unique in its channel.
    var id: String?
    /// The id of the one before it.
    var previousID: String?
    /// Whether it waits for the one before it.
    var isSequenced = true
    var stream: Stream?
    var message: Message?
    var response: Response?

    /// About what it takes to keep it for a stream, in bytes.
    var streamLength: Int {
        guard case .content(let piece)? = stream else { return 100 }
        return piece.content.readableBytes + 100
    }
}

/// A piece of a body, as it goes to clients of HTTP/1.1 and to those of HTTP/1.0.
struct StreamPiece: Sendable {
    /// Framed as a chunk (RFC 9112 §7.1).
    let chunk: ByteBuffer
    /// The same bytes without their frame.
    let content: ByteBuffer

    /// Frames a piece; an empty one is nothing, as an empty chunk would end the body.
    init(_ bytes: some Collection<UInt8>) {
        guard !bytes.isEmpty else {
            chunk = ByteBuffer()
            content = ByteBuffer()
            return
        }
        let size = String(bytes.count, radix: 16)
        var chunk = ByteBufferAllocator().buffer(capacity: size.utf8.count + bytes.count + 4)
        chunk.writeString(size)
        chunk.writeStaticString("\r\n")
        let start = chunk.writerIndex
        chunk.writeBytes(bytes)
        content = chunk.getSlice(at: start, length: bytes.count) ?? ByteBuffer()
        chunk.writeStaticString("\r\n")
        self.chunk = chunk
    }

    /// The chunk that ends a body.
    static let end = ByteBuffer(staticString: "0\r\n\r\n")
}

/// What a WebSocket gets.
struct MessagePiece: Sendable {
    let frame: ByteBuffer

    /// Frames a message.
    ///
    /// - Throws: ``WebSocketProblem`` where no client could take it.
    init(_ opcode: WebSocketOpcode, _ bytes: some Collection<UInt8>) throws(WebSocketProblem) {
        frame = try WebSocketFrames.checkedFrame(opcode, ByteBuffer(bytes: bytes))
    }
}

/// A response that was published.
struct PublishedResponse: Sendable {
    var answer: Answer
    /// In lower case.
    var fieldNames: Set<String>
}
