import FunctionRuntime
import NIOCore
import NIOWebSocket

/// What a function tells the runner, in a text that begins with `c:`.
enum WebSocketControl {
    case subscribe(String)
    case unsubscribe(String)
    /// Leaves the connection to the runner alone.
    case detach
    /// A frame, every so many seconds; nil for no more.
    case keepAlive(KeepAlive?)
    /// A frame, after so many seconds; one that waits already goes out at once.
    case sendDelayed(ByteBuffer, after: Int)
    /// Sends what waits.
    case flushDelayed

    struct KeepAlive {
        var frame: ByteBuffer
        /// In seconds.
        var interval: Int
        /// Whether it is sent only where nothing else was sent for so long.
        var isForIdle: Bool
    }

    /// Why it is passed over.
    struct Problem: Error {
        var text: String
    }

    /// As in Pushpin, in seconds.
    private static let keepAliveInterval = 55
    private static let delay = 1

    /// Reads what stands behind the prefix.
    init(_ text: ByteBuffer) throws(Problem) {
        guard let json = try? JSON(parsing: Array(text.readableBytesView)), case .object = json
        else { throw Problem(text: "it is not a JSON object") }
        switch json["type"]?.text {
        case "subscribe":
            guard json["filters"] == nil else { throw Problem(text: "there are no filters here") }
            self = .subscribe(try Self.channel(json))
        case "unsubscribe": self = .unsubscribe(try Self.channel(json))
        case "detach": self = .detach
        case "keep-alive": self = .keepAlive(try Self.keepAlive(json))
        case "send-delayed":
            guard let frame = try Self.frame(json) else { throw Problem(text: "it has no content") }
            self = .sendDelayed(frame, after: try Self.timeout(json) ?? Self.delay)
        case "flush-delayed": self = .flushDelayed
        case let type?: throw Problem(text: "there is no \(type) here")
        case nil: throw Problem(text: "it has no type")
        }
    }

    private static func channel(_ json: JSON) throws(Problem) -> String {
        guard let channel = json["channel"]?.text, !channel.isEmpty else {
            throw Problem(text: "it names no channel")
        }
        return channel
    }

    private static func keepAlive(_ json: JSON) throws(Problem) -> KeepAlive? {
        guard let frame = try frame(json) else { return nil }
        return KeepAlive(
            frame: frame, interval: try timeout(json) ?? keepAliveInterval,
            isForIdle: json["mode"]?.text != "interval")
    }

    private static func timeout(_ json: JSON) throws(Problem) -> Int? {
        guard let timeout = json["timeout"] else { return nil }
        guard case .number(let text) = timeout, let seconds = Int(text), seconds >= 0 else {
            throw Problem(text: "its timeout is not a number of seconds")
        }
        return seconds > 0 ? min(seconds, 1 << 30) : nil
    }

    private static func frame(_ json: JSON) throws(Problem) -> ByteBuffer? {
        guard let content = try content(json) else { return nil }
        let opcode: WebSocketOpcode
        switch json["message-type"]?.text {
        case nil, "text": opcode = .text
        case "binary": opcode = .binary
        case "ping": opcode = .ping
        case "pong": opcode = .pong
        case let type?: throw Problem(text: "there is no message-type \(type)")
        }
        do throws(WebSocketProblem) {
            return try WebSocketFrames.checkedFrame(opcode, ByteBuffer(bytes: content))
        } catch {
            throw Problem(text: error.reason)
        }
    }

    private static func content(_ json: JSON) throws(Problem) -> [UInt8]? {
        if let encoded = json["content-bin"] {
            guard let bytes = encoded.text.flatMap({ Base64.decode($0) }) else {
                throw Problem(text: "its content-bin is not base64")
            }
            return bytes
        }
        guard let content = json["content"] else { return nil }
        guard let text = content.text else { throw Problem(text: "its content is not a text") }
        return Array(text.utf8)
    }
}
