import FunctionRuntime
import NIOCore
import TestSupport
import Testing

@testable import LocalRunner

@Suite struct WebSocketHandshakeTests {
    @Test func `the answer shows that the key was understood`() throws {
        let client = try WebSocketServer().open()

        #expect(client.answer.headers["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        #expect(client.answer.headers["upgrade"] == "websocket")
        #expect(client.answer.headers["connection"] == "Upgrade")
        #expect(client.answer.headers["sec-websocket-extensions"] == nil)
        #expect(client.answer.headers["content-type"] == nil)
    }

    @Test(arguments: [
        [("Upgrade", "WebSocket"), ("Connection", "keep-alive, upgrade")],
        [("Upgrade", "h2c, WEBSOCKET"), ("Connection", "UPGRADE")],
        [("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits")],
    ])
    func `case and other tokens do not matter`(headers: [(String, String)]) throws {
        let server = try WebSocketServer()

        let client = try server.open(headers: headers)
        client.send("hello")

        #expect(try client.next() == .text("hello"))
        #expect(client.answer.headers["sec-websocket-extensions"] == nil)
    }

    @Test(arguments: ["8", "14", "", "13, 13"])
    func `another version is 426 and names the one that is spoken`(version: String) throws {
        let client = try WebSocketServer().connect(headers: [("Sec-WebSocket-Version", version)])

        #expect(client.answer.status == 426)
        #expect(client.answer.headers["sec-websocket-version"] == "13")
        #expect(try client.next() == nil)
    }

    @Test(arguments: ["", "x", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZSEh", "!!!!"])
    func `a key that is none is 400`(key: String) throws {
        let client = try WebSocketServer().connect(headers: [("Sec-WebSocket-Key", key)])

        #expect(client.answer.status == 400)
        #expect(client.answer.text.contains("Sec-WebSocket-Key must be 16 bytes"))
    }

    @Test func `a handshake says so in Connection, too`() throws {
        let client = try WebSocketServer().connect(headers: [("Connection", "keep-alive")])

        #expect(client.answer.status == 400)
        #expect(client.answer.text.contains("Connection: Upgrade"))
    }

    @Test func `a plain request is the function's own`() throws {
        let server = try WebSocketServer()

        let answer = try HTTPClient(.port(server.server.port))
            .send("GET", "/probes/echo-messages", headers: ["host": "localhost"])

        #expect(answer.status == 426)
        #expect(answer.text.contains("connect with ws://"))
    }

    @Test func `a function that speaks no WebSocket answers as ever`() throws {
        let client = try WebSocketServer().connect("/echo")

        #expect(client.answer.status == 405)
    }

    @Test func `who is refused gets the function's answer`() throws {
        let client = try WebSocketServer().connect("/echo-messages?refuse=1")

        #expect(client.answer.status == 401)
        #expect(client.answer.text.contains("This one is refused."))
        #expect(try client.next() == nil)
    }

    @Test func `a crash at the beginning is 502`() throws {
        let server = try WebSocketServer()

        let client = try server.connect(
            "/answer-events", headers: [("X-Answer", #"{"crashes": true}"#)])

        #expect(client.answer.status == 502)
        #expect(try server.open("/answer-events").answer.status == 101)
    }

    @Test(arguments: ["TEXT 2\\r\\nhi\\r\\n", ""])
    func `events without OPEN open nothing`(body: String) throws {
        let server = try WebSocketServer()

        let client = try server.connect(
            "/answer-events", headers: [("X-Answer", #"{"body": "\#(body)"}"#)])

        #expect(client.answer.status == 502)
        #expect(try server.logged().contains("answered a WebSocket's OPEN with events, but not"))
    }

    @Test func `an answer that is no events is the client's, and the log tells`() throws {
        let server = try WebSocketServer()
        let answer = #"{"body": "NOTHING\r\n", "headers": {"content-type": "text/plain"}}"#

        let client = try server.connect("/answer-events", headers: [("X-Answer", answer)])

        #expect(client.answer.status == 200)
        #expect(client.answer.text == "NOTHING\r\n")
        #expect(try server.logged().contains("its answer is not application/websocket-events"))
    }

    @Test func `what the function says to the client comes, what it says to the runner does not`()
        throws
    {
        let answer: JSON = [
            "body": "OPEN\r\n",
            "headers": [
                "set-cookie": "seen=1", "x-mine": "yes", "set-meta-user": "7",
                "keep-alive-interval": "60", "sec-websocket-extensions": "grip",
                "grip-channel": "secret", "sec-websocket-accept": "wrong",
            ],
        ]
        let client = try WebSocketServer().openAnswering(answer)

        let names = client.answer.headers.fields.map { $0.name.lowercased() }.sorted()
        #expect(
            names == [
                "connection", "sec-websocket-accept", "set-cookie", "upgrade", "x-mine",
                "x-request-id",
            ])
        #expect(client.answer.headers["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    }

    @Test func `a subprotocol is agreed on`() throws {
        let server = try WebSocketServer()

        let client = try server.open(headers: [("Sec-WebSocket-Protocol", "other, apus")])
        let other = try server.open(headers: [("Sec-WebSocket-Protocol", "other")])

        #expect(client.answer.headers["sec-websocket-protocol"] == "apus")
        #expect(other.answer.headers["sec-websocket-protocol"] == nil)
    }

    @Test func `a subprotocol that was not offered is not named`() throws {
        let server = try WebSocketServer()

        let client = try server.openAnswering([
            "body": "OPEN\r\n", "headers": ["sec-websocket-protocol": "mine"],
        ])

        #expect(client.answer.headers["sec-websocket-protocol"] == nil)
        #expect(try server.logged().contains(#"named the subprotocol "mine""#))
    }

    @Test func `a frame that comes with the handshake is not lost`() throws {
        let server = try WebSocketServer()
        let early =
            WebSocketClient.frame(0x81, Array("early".utf8))
            + WebSocketClient.frame(0x81, Array("second".utf8))

        let client = try server.open(then: early)
        client.send("third")

        #expect(try client.next() == .text("early"))
        #expect(try client.next() == .text("second"))
        #expect(try client.next() == .text("third"))
    }

    @Test func `what is sent with a handshake that is refused is no request`() throws {
        let server = try WebSocketServer()

        let client = try server.connect(
            "/echo-messages?refuse=1", then: RunningText.request)

        #expect(client.answer.status == 401)
        #expect(try client.next() == nil)
    }

    @Test func `who leaves while the function decides is told as lost`() throws {
        let server = try WebSocketServer()
        let answer = #"{"body": "OPEN\r\n", "pause": 300, "headers": {"set-meta-a": "1"}}"#
        let port = server.server.port

        let exchange = try HTTPClient(.port(port)).begin(
            "GET", "/probes/answer-events",
            headers: [
                "host": "localhost", "upgrade": "websocket", "connection": "upgrade",
                "sec-websocket-version": "13", "sec-websocket-key": WebSocketClient.key,
                "x-answer": answer,
            ])
        #expect(try server.waits(for: #""events":"OPEN|""#))
        exchange.leave()

        #expect(try server.waits(for: #""events":"DISCONNECT|""#))
    }
}

private enum RunningText {
    static let request = Array("GET /probes/echo-messages HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
}
