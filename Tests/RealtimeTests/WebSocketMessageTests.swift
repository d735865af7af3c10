import FunctionRuntime
import TestSupport
import Testing

@testable import LocalRunner

@Suite struct WebSocketMessageTests {
    @Test(arguments: ["hello", "", "äöü 😀 \u{0}", String(repeating: "x", count: 64 << 10)])
    func `a text comes back`(text: String) throws {
        let server = try WebSocketServer()
        let client = try server.open()

        client.send(text)

        #expect(try client.next() == .text(text))
    }

    @Test(arguments: [0, 1, 125, 126, 127, 65_535, 65_536, 500_000])
    func `bytes come back`(count: Int) throws {
        let server = try WebSocketServer()
        let client = try server.open()
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }

        client.send(WebSocketClient.frame(0x82, bytes))

        #expect(try client.next() == .binary(bytes))
    }

    @Test func `fragments are one message, whatever comes between them`() throws {
        let server = try WebSocketServer()
        let client = try server.open()

        client.send(0x01, "one ")
        client.send(0x89, "there?")
        client.send(0x00, "")
        client.send(0x8A, "unasked")
        client.send(0x80, "message")

        #expect(try client.next() == .pong("there?"))
        #expect(try client.next() == .text("one message"))
    }

    @Test func `a character may lie in two fragments`() throws {
        let server = try WebSocketServer()
        let client = try server.open()
        let bytes = Array("a😀z".utf8)

        for (index, byte) in bytes.enumerated() {
            let first: UInt8 = index == 0 ? 0x01 : index == bytes.count - 1 ? 0x80 : 0x00
            client.send(WebSocketClient.frame(first, [byte]))
        }

        #expect(try client.next() == .text("a😀z"))
    }

    @Test func `bytes that come one by one are the same frames`() throws {
        let server = try WebSocketServer()
        let client = try server.open()

        for byte in WebSocketClient.frame(0x81, Array("slowly".utf8)) { client.send([byte]) }

        #expect(try client.next() == .text("slowly"))
    }

    @Test func `a ping is answered by the runner, and the function is not told`() throws {
        let server = try WebSocketServer()
        let client = try server.open("/answer-events")

        client.send(0x89, "")
        client.send(0x89, String(repeating: "p", count: 125))
        client.ask(body: "TEXT 4\r\ndone\r\n")

        #expect(try client.next() == .pong(""))
        #expect(try client.next() == .pong(String(repeating: "p", count: 125)))
        #expect(try client.next() == .text("done"))
        #expect(try !server.logged().contains("PING"))
    }

    @Test func `a function pings, and is told the answer`() throws {
        let server = try WebSocketServer()
        let client = try server.open("/answer-events")

        client.ask(body: "PING 3\r\nyou\r\nPONG\r\n")
        #expect(try client.next() == .ping("you"))
        #expect(try client.next() == .pong(""))
        client.send(0x8A, "you")

        #expect(try server.waits(for: #""events":"PONG 3|you|""#))
    }

    @Test func `what comes while the function is at work is told together, in order`() throws {
        let server = try WebSocketServer()
        let client = try server.open("/answer-events")

        client.ask(["pause": 300, "body": "TEXT 5\r\nfirst\r\n"])
        #expect(try server.waits(for: "pause"))
        client.send("a")
        client.send(WebSocketClient.frame(0x82, [0x62]))
        client.ask(body: "TEXT 4\r\nlast\r\n")

        #expect(try client.next() == .text("first"))
        #expect(try client.next() == .text("last"))
        #expect(try server.logged().contains(#"TEXT 1|a|BINARY 1|b|TEXT"#))
    }

    @Test func `a thousand messages come back in order`() throws {
        let server = try WebSocketServer()
        let client = try server.open()

        client.send((0..<1000).flatMap { WebSocketClient.frame(0x81, Array("\($0)".utf8)) })
        let texts = try client.next(1000)

        #expect(texts == (0..<1000).map { .text("\($0)") })
    }

    @Test func `more than may wait is not read before the function has caught up`() throws {
        let server = try WebSocketServer { $0.unsentLimit = 20_000 }
        let client = try server.open()
        let text = String(repeating: "y", count: 10_000)

        client.send((0..<100).flatMap { _ in WebSocketClient.frame(0x81, Array(text.utf8)) })
        let texts = try client.next(100)

        #expect(texts.allSatisfy { $0 == .text(text) })
    }

    @Test func `messages of different connections do not meet`() throws {
        let server = try WebSocketServer()
        let clients = try (0..<20).map { _ in try server.open() }

        for (index, client) in clients.enumerated() { client.send("mine is \(index)") }

        for (index, client) in clients.enumerated() {
            #expect(try client.next() == .text("mine is \(index)"))
        }
    }

    @Test func `each request as a process of its own is no different`() throws {
        let server = try WebSocketServer { $0.workerKind = .cgi }
        let client = try server.open("/echo-messages?greeting=hi")

        client.send("hello")
        client.send("!count")

        #expect(try client.next() == .text("hi"))
        #expect(try client.next() == .text("hello"))
        #expect(try client.next() == .text("1"))
    }
}
