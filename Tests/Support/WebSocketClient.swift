import FunctionRuntime
import Glibc

@testable public import LocalRunner

/// A WebSocket's client that sends exactly what it is told, well formed or not.
///
/// Reading blocks until a frame is there, for a minute at most.
public final class WebSocketClient: @unchecked Sendable {
    /// A frame as the server has sent it.
    public struct Frame: Equatable, Sendable {
        /// The first byte: the final bit, three reserved ones and the opcode.
        public var first: UInt8
        public var content: [UInt8]

        public static let emptyClose = Frame(first: 0x88, content: [])

        public static func text(_ text: String) -> Frame {
            Frame(first: 0x81, content: Array(text.utf8))
        }

        public static func binary(_ bytes: [UInt8]) -> Frame { Frame(first: 0x82, content: bytes) }
        public static func ping(_ text: String) -> Frame {
            Frame(first: 0x89, content: Array(text.utf8))
        }

        public static func pong(_ text: String) -> Frame {
            Frame(first: 0x8A, content: Array(text.utf8))
        }

        /// The code of a close; nil where it has none, or is none.
        public var closeCode: Int? {
            guard first == 0x88, content.count >= 2 else { return nil }
            return Int(content[0]) << 8 | Int(content[1])
        }
    }

    /// What the server has answered to the handshake.
    public let answer: FunctionAnswer
    private let descriptor: Int32
    private var received: [UInt8] = []

    /// As RFC 6455 §1.3 has it; the answer to it is known.
    public static let key = "dGhlIHNhbXBsZSBub25jZQ=="
    private static let handshake: [(String, String)] = [
        ("Host", "localhost"), ("Upgrade", "websocket"), ("Connection", "Upgrade"),
        ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", key),
    ]

    /// Connects, and waits for the answer.
    ///
    /// - Parameters:
    ///   - port: of the loopback.
    ///   - target: path and query.
    ///   - headers: take the place of those of the handshake, or stand beside them; an empty one is
    ///     left out.
    ///   - rest: what is sent with the handshake, in one piece.
    /// - Throws: ``TestError`` where nothing is answered.
    public init(
        port: Int, _ target: String, headers: [(String, String)] = [], then rest: [UInt8] = []
    ) throws {
        descriptor = try HTTPClient(.port(port)).connect()
        let names = Set(headers.map { $0.0.lowercased() })
        let fields = Self.handshake.filter { !names.contains($0.0.lowercased()) } + headers
        var head = "GET \(target) HTTP/1.1\r\n"
        for field in fields where !field.1.isEmpty { head += "\(field.0): \(field.1)\r\n" }
        Self.send(Array((head + "\r\n").utf8) + rest, on: descriptor)
        answer = try Self.answer(on: descriptor, &received)
    }

    deinit {
        Glibc.close(descriptor)
    }

    private static func answer(
        on descriptor: Int32, _ received: inout [UInt8]
    ) throws -> FunctionAnswer {
        var end: Int?
        while end == nil {
            guard try receive(on: descriptor, &received) else {
                throw TestError("The server closed without an answer: \(received.asText)")
            }
            end = received.firstIndex(of: "\r\n\r\n")
        }
        let count = (end ?? 0) + 4
        var answer = try FunctionAnswer(http: Array(received[..<count]), method: "HEAD")
        received.removeFirst(count)
        guard answer.status != 101 else { return answer }
        let length = answer.headers["content-length"].flatMap { Int($0) } ?? 0
        while received.count < length, try receive(on: descriptor, &received) {}
        answer.body = received
        received = []
        return answer
    }

    /// - Returns: false at the end of what the server sends.
    private static func receive(on descriptor: Int32, _ received: inout [UInt8]) throws -> Bool {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == ECONNRESET { return false }
            guard count >= 0 else {
                throw TestError("Nothing came: \(String(cString: strerror(errno))).")
            }
            received += buffer[..<count]
            return count > 0
        }
    }

    private static func send(_ bytes: [UInt8], on descriptor: Int32) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            // A server may have closed already; what is read next tells.
            guard count > 0 else { return }
            sent += count
        }
    }
}

extension WebSocketClient {
    /// A frame as a client sends it.
    ///
    /// - Parameters:
    ///   - first: the first byte, such as 0x81 for a whole text.
    ///   - content: not masked.
    ///   - mask: four bytes; nil for a frame that is not masked.
    ///   - length: what the frame says of its length; nil for the truth.
    /// - Returns: its bytes.
    public static func frame(
        _ first: UInt8, _ content: [UInt8], mask: [UInt8]? = [0x37, 0xFA, 0x21, 0x3D],
        length: Int? = nil
    ) -> [UInt8] {
        let length = length ?? content.count
        let bit: UInt8 = mask == nil ? 0 : 0x80
        var frame: [UInt8] = [first]
        switch length {
        case 0...125: frame.append(bit | UInt8(length))
        case 126...0xFFFF: frame += [bit | 126, UInt8(length >> 8), UInt8(length & 0xFF)]
        default:
            frame.append(bit | 127)
            frame += (0..<8).reversed().map { UInt8(length >> ($0 * 8) & 0xFF) }
        }
        guard let mask else { return frame + content }
        return frame + mask + content.enumerated().map { $1 ^ mask[$0 % 4] }
    }

    public func send(_ bytes: [UInt8]) {
        Self.send(bytes, on: descriptor)
    }

    public func send(_ text: String) {
        send(Self.frame(0x81, Array(text.utf8)))
    }

    /// Sends a close, with a code if there is one.
    public func sendClose(_ code: Int?, _ reason: String = "") {
        let bytes = code.map { [UInt8($0 >> 8), UInt8($0 & 0xFF)] } ?? []
        send(Self.frame(0x88, bytes + reason.utf8))
    }

    /// The next frame; nil where the server has closed.
    public func next() throws -> Frame? {
        guard try fill(2) else { return nil }
        var start = 2
        var length = Int(received[1] & 0x7F)
        if length > 125 {
            let width = length == 126 ? 2 : 8
            start += width
            guard try fill(start) else { return nil }
            length = received[2..<start].reduce(0) { $0 << 8 | Int($1) }
        }
        guard received[1] < 0x80 else { throw TestError("A server must not mask its frames.") }
        guard try fill(start + length) else { return nil }
        let frame = Frame(first: received[0], content: Array(received[start..<start + length]))
        received.removeFirst(start + length)
        return frame
    }

    /// The next frames; nil for each that does not come.
    public func next(_ count: Int) throws -> [Frame?] {
        try (0..<count).map { _ in try next() }
    }

    /// Reads until the server closes, and gives the code of its close.
    public func closeCode() throws -> Int? {
        var code: Int?
        while let frame = try next() { code = frame.closeCode ?? code }
        return code
    }

    private func fill(_ count: Int) throws -> Bool {
        while received.count < count {
            guard try Self.receive(on: descriptor, &received) else { return false }
        }
        return true
    }

    /// Says that nothing more will be sent.
    public func finish() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Ends the connection without a word.
    public func leave() {
        shutdown(descriptor, Int32(SHUT_RDWR))
    }
}
