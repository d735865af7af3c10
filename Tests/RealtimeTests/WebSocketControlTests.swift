import FunctionRuntime
import TestSupport
import Testing

@testable import LocalRunner

/// What a function tells the runner, and what the runner tells a function.
@Suite struct WebSocketControlTests {
    @Test func `what a function remembers comes back with each request`() throws {
        let server = try WebSocketServer()
        let (client, other) = (try server.open(), try server.open())

        for _ in 0..<3 { client.send("!count") }
        other.send("!count")

        #expect(try client.next(3) == ["1", "2", "3"].map { .text($0) })
        #expect(try other.next() == .text("1"))
    }

    @Test func `what is to be forgotten is`() throws {
        let server = try WebSocketServer()
        let client = try server.openAnswering([
            "body": "OPEN\r\n", "headers": ["set-meta-a": "1", "set-meta-b": "2"],
        ])

        client.ask(["headers": ["set-meta-a": "", "set-meta-b": "3"]])
        client.ask(["reflects": true])

        let lines = try headerLines(client)
        #expect(lines.filter { $0.hasPrefix("meta-") } == ["meta-b: 3"])
    }

    @Test func `a client cannot say what only the runner may say`() throws {
        let server = try WebSocketServer()
        let client = try server.open(
            "/answer-events?query=kept",
            headers: [
                ("Meta-Count", "99"), ("META-User", "root"), ("Grip-Sig", "forged"),
                ("Connection-Id", "mine"), ("Content-Type", "text/plain"), ("Accept", "text/html"),
                ("Grip-Last", "x"), ("Sec-WebSocket-Extensions", "grip"), ("Cookie", "a=b"),
                ("X-Mine", "kept"), ("Origin", "http://here"),
            ])

        client.ask(["reflects": true])
        let lines = try headerLines(client)

        #expect(!lines.contains { $0.hasPrefix("meta-") || $0.contains("forged") })
        #expect(!lines.contains { $0.hasPrefix("grip-last") || $0.hasPrefix("sec-websocket-key") })
        #expect(lines.filter { $0.hasPrefix("connection-id: ") }.count == 1)
        #expect(!lines.contains("connection-id: mine"))
        for line in [
            "content-type: application/websocket-events", "cookie: a=b", "x-mine: kept",
            "accept: application/websocket-events", "sec-websocket-extensions: grip",
            "origin: http://here", "host: localhost",
        ] {
            #expect(lines.filter { $0 == line }.count == 1, "\(line) in \(lines)")
        }
    }

    @Test func `a connection keeps its id, and each has its own`() throws {
        let server = try WebSocketServer()
        let clients = try (0..<2).map { _ in try server.open("/answer-events") }

        let ids: [String?] = try [0, 0, 1].map { index in
            clients[index].ask(["reflects": true])
            return try headerLines(clients[index]).first { $0.hasPrefix("connection-id: ") }
        }

        #expect(ids[0] == ids[1])
        #expect(ids[0] != ids[2])
    }

    @Test(arguments: [
        ("grip", ["mine", "plain", "other"]),
        (#"grip; message-prefix="""#, ["m:mine", "plain", "other"]),
        (#"grip; message-prefix="o""#, ["m:mine", "plain", "ther"]),
    ])
    func `a prefix says what is for the client`(extensions: String, texts: [String]) throws {
        let server = try WebSocketServer()
        let client = try server.openAnswering([
            "body": "OPEN\r\n", "headers": ["sec-websocket-extensions": .string(extensions)],
        ])

        client.ask(body: "TEXT 6\r\nm:mine\r\nTEXT 5\r\nplain\r\nTEXT 5\r\nother\r\n")

        #expect(try client.next(texts.count) == texts.map { .text($0) })
    }

    @Test func `without the extension all is for the client`() throws {
        let server = try WebSocketServer()
        let client = try server.open("/answer-events")

        client.ask(body: "TEXT 4\r\nc:{}\r\nTEXT 3\r\nm:a\r\n")

        #expect(try client.next() == .text("c:{}"))
        #expect(try client.next() == .text("m:a"))
    }

    @Test(arguments: [
        (#"{"type": "session", "id": "1"}"#, "there is no session here"),
        (#"{"type": "subscribe"}"#, "it names no channel"),
        (#"{"type": "subscribe", "channel": "a", "filters": ["skip-self"]}"#, "no filters here"),
        (#"{"type": "set-meta", "name": "user"}"#, "there is no set-meta here"),
        (#"{"type": "keep-alive", "content": "x", "timeout": "1"}"#, "not a number of seconds"),
        (#"{"type": "keep-alive", "content-bin": "?"}"#, "its content-bin is not base64"),
        (#"{"type": "send-delayed"}"#, "it has no content"), ("[]", "it is not a JSON object"),
        ("{", "it is not a JSON object"), ("{}", "it has no type"),
    ])
    func `what the runner does not understand it passes over, and says so`(
        message: String, problem: String
    ) throws {
        let server = try WebSocketServer()
        let client = try server.openAnswering()
        let text = "c:" + message

        client.ask(
            body: "TEXT \(String(text.utf8.count, radix: 16))\r\n\(text)\r\nTEXT 5\r\nm:yes\r\n")

        #expect(try client.next() == .text("yes"))
        let log = try server.logged()
        #expect(log.contains(problem), "\(log)")
    }

    @Test func `a function is called when nothing has happened for a while`() throws {
        let server = try WebSocketServer()
        let client = try server.open("/echo-messages?beat=1")

        #expect(try client.next() == .text("beat"))
        #expect(try client.next() == .text("beat"))
    }

    @Test func `a text is sent when nothing else was for a while`() throws {
        let server = try WebSocketServer()
        let client = try server.open("/echo-messages?keep-alive=alive")

        #expect(try client.next() == .text("alive"))
        client.send("hello")
        #expect(try client.next() == .text("hello"))
        #expect(try client.next() == .text("alive"))
    }

    @Test func `a keep-alive is of any kind, at intervals, and ends`() throws {
        let server = try WebSocketServer()
        let client = try server.openAnswering()

        client.control([
            "type": "keep-alive", "message-type": "ping", "content": "p", "timeout": 1,
            "mode": "interval",
        ])
        #expect(try client.next() == .ping("p"))
        client.control([
            "type": "keep-alive", "message-type": "binary", "content-bin": "AAE=", "timeout": 1,
        ])
        var frame = try client.next()
        while frame == .ping("p") { frame = try client.next() }
        #expect(frame == .binary([0, 1]))
        client.control(["type": "keep-alive"])
        client.ask(body: "TEXT 5\r\nm:end\r\n")
        while frame == .binary([0, 1]) { frame = try client.next() }
        #expect(frame == .text("end"))
    }

    @Test func `a text is sent later, or at once when it is wanted`() throws {
        let server = try WebSocketServer()
        let client = try server.openAnswering()
        let never: JSON = ["type": "send-delayed", "content": "first", "timeout": 3600]

        client.control(never)
        client.control(["type": "send-delayed", "content": "second", "timeout": 1])
        #expect(try client.next() == .text("first"))
        #expect(try client.next() == .text("second"))
        client.control(never)
        client.control(["type": "flush-delayed"])
        #expect(try client.next() == .text("first"))
    }

    @Test func `a function that has detached itself is told nothing more`() throws {
        let server = try WebSocketServer()
        let client = try server.openAnswering()
        client.control(["type": "subscribe", "channel": "news"])
        client.control(["type": "detach"])
        #expect(try server.waits(for: "detach"))

        client.send("unheard")
        client.send(0x89, "there?")
        #expect(try client.next() == .pong("there?"))
        try server.publish(["content": "still"], on: "news")

        #expect(try client.next() == .text("still"))
        client.sendClose(1000)
        #expect(try client.closeCode() == 1000)
        #expect(try !server.logged().contains("unheard"))
        #expect(try !server.logged().contains("CLOSE"))
    }

    /// The header that the function has reflected.
    private func headerLines(_ client: WebSocketClient) throws -> [String] {
        let frame = try client.next()
        return String(decoding: frame?.content ?? [], as: UTF8.self).split(separator: "\n")
            .map(String.init)
    }
}
