import FunctionRuntime
import TestSupport
import Testing

@testable import LocalRunner

/// What a client does wrong, and the code with which the connection is closed.
@Suite struct WebSocketProtocolTests {
    private static let wrong: [(name: String, bytes: [UInt8], code: Int)] = [
        ("a frame that is not masked", frame(0x81, "a", mask: nil), 1002),
        ("the first reserved bit", frame(0xC1, "a"), 1002),
        ("the second reserved bit", frame(0xA1, "a"), 1002),
        ("the third reserved bit", frame(0x91, "a"), 1002),
        ("a reserved bit of a ping", frame(0xC9, "a"), 1002),
        ("opcode 3", frame(0x83, "a"), 1002), ("opcode 7", frame(0x87, ""), 1002),
        ("opcode 11", frame(0x8B, "a"), 1002), ("opcode 15", frame(0x8F, ""), 1002),
        ("a ping in fragments", frame(0x09, "a"), 1002),
        ("a close in fragments", frame(0x08, ""), 1002),
        ("a ping of 126 bytes", frame(0x89, String(repeating: "a", count: 126)), 1002),
        ("a close of 126 bytes", frame(0x88, String(repeating: "a", count: 126)), 1002),
        ("a message that goes on without a beginning", frame(0x80, "a"), 1002),
        ("a message within a message", frame(0x01, "a") + frame(0x81, "b"), 1002),
        ("a binary within a text", frame(0x01, "a") + frame(0x02, "b"), 1002),
        ("a close of one byte", WebSocketClient.frame(0x88, [3]), 1002),
        ("a close with 0", close(0), 1002), ("a close with 999", close(999), 1002),
        ("a close with 1004", close(1004), 1002), ("a close with 1005", close(1005), 1002),
        ("a close with 1006", close(1006), 1002), ("a close with 1015", close(1015), 1002),
        ("a close with 1016", close(1016), 1002), ("a close with 2999", close(2999), 1002),
        ("a close with 5000", close(5000), 1002),
        ("a reason that is not UTF-8", close(1000) { [0xFF] }, 1007),
        ("a text that is not UTF-8", WebSocketClient.frame(0x81, [0x61, 0xFF]), 1007),
        ("an overlong character", WebSocketClient.frame(0x81, [0xC0, 0xAF]), 1007),
        ("a surrogate", WebSocketClient.frame(0x81, [0xED, 0xA0, 0x80]), 1007),
        (
            "a character above the last", WebSocketClient.frame(0x81, [0xF4, 0x90, 0x80, 0x80]),
            1007
        ),
        ("a text that ends within a character", WebSocketClient.frame(0x81, [0xF0, 0x9F]), 1007),
        (
            "a first fragment that is not UTF-8, the last of which never comes",
            WebSocketClient.frame(0x01, [0xCE, 0xBA, 0xFF]), 1007
        ),
        (
            "a character that a fragment breaks",
            WebSocketClient.frame(0x01, [0xE2, 0x82]) + WebSocketClient.frame(0x80, [0x41]), 1007
        ),
        ("a frame that says it is too large", huge(1 << 40), 1009),
        ("a frame with a length below zero", huge(-1), 1009),
        ("a frame that is one byte too large", huge((1 << 20) + 1), 1009),
    ]

    private static func frame(_ first: UInt8, _ text: String) -> [UInt8] {
        WebSocketClient.frame(first, Array(text.utf8))
    }

    private static func frame(_ first: UInt8, _ text: String, mask: [UInt8]?) -> [UInt8] {
        WebSocketClient.frame(first, Array(text.utf8), mask: mask)
    }

    private static func close(_ code: Int, reason: () -> [UInt8] = { [] }) -> [UInt8] {
        WebSocketClient.frame(0x88, [UInt8(code >> 8), UInt8(code & 0xFF)] + reason())
    }

    /// Says the length in eight bytes, and sends nothing of it.
    private static func huge(_ length: Int) -> [UInt8] {
        let bits = UInt64(bitPattern: Int64(length))
        return [0x82, 0xFF] + (0..<8).reversed().map { UInt8(bits >> ($0 * 8) & 0xFF) }
            + [1, 2, 3, 4]
    }

    @Test(arguments: wrong.indices)
    func `a wrong frame closes the connection, and tells why`(index: Int) throws {
        let (name, bytes, code) = Self.wrong[index]
        let server = try WebSocketServer()
        let client = try server.open("/answer-events")

        client.send(bytes)
        let frame = try client.next()

        #expect(frame?.closeCode == code, "\(name)")
        #expect((frame?.content.count ?? 0) > 2, "\(name) has no reason")
        #expect(try client.next() == nil)
        #expect(try server.waits(for: #""events":"DISCONNECT|""#))
    }

    @Test func `a message of fragments may not be too large either`() throws {
        let server = try WebSocketServer { $0.messageLimit = 1000 }
        let client = try server.open()
        let piece = String(repeating: "x", count: 600)

        client.send(0x01, piece)
        client.send(0x00, piece)

        #expect(try client.closeCode() == 1009)
    }

    @Test func `a message as large as is allowed is taken`() throws {
        let server = try WebSocketServer { $0.messageLimit = 1000 }
        let client = try server.open()
        let text = String(repeating: "x", count: 1000)

        client.send(text)

        #expect(try client.next() == .text(text))
    }

    @Test func `what was sent before is answered or told, what comes behind is dropped`() throws {
        let server = try WebSocketServer()
        let client = try server.open("/answer-events")

        client.send(
            WebSocketClient.frame(0x81, Array("before".utf8))
                + WebSocketClient.frame(0x83, [])
                + WebSocketClient.frame(0x81, Array("behind".utf8)))

        #expect(try client.closeCode() == 1002)
        #expect(try server.waits(for: "DISCONNECT|"))
        #expect(try server.logged().contains("TEXT 6|before|"))
        #expect(try !server.logged().contains("behind"))
    }

    @Test func `whatever clients send, the runner serves on`() throws {
        let server = try WebSocketServer()
        var random = SeededRandom(seed: 6455)

        for _ in 0..<1500 {
            let client = try server.open()
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                client.send(Self.randomFrame(&random))
            }
            client.leave()
        }
        let client = try server.open()
        client.send("still there")

        #expect(try client.next() == .text("still there"))
    }

    /// A frame that is often well formed, and sometimes only bytes.
    private static func randomFrame(_ random: inout SeededRandom) -> [UInt8] {
        let content = (0..<Int.random(in: 0...200, using: &random)).map { _ in
            UInt8.random(in: 0...127, using: &random)
        }
        switch Int.random(in: 0..<8, using: &random) {
        case 0: return content
        case 1: return WebSocketClient.frame(.random(in: 0...255, using: &random), content)
        case 2: return WebSocketClient.frame(0x88, content)
        case 3: return WebSocketClient.frame(0x81, content, mask: nil)
        case 4:
            return WebSocketClient.frame(
                0x82, content, length: .random(in: 0...70_000, using: &random))
        default:
            let first: [UInt8] = [0x01, 0x81, 0x82, 0x80, 0x00, 0x89, 0x8A]
            return WebSocketClient.frame(first.randomElement(using: &random) ?? 0x81, content)
        }
    }
}

/// The same numbers each time (SplitMix64).
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
        return bits ^ bits >> 31
    }
}
