import FunctionRuntime
import NIOCore
import TestSupport
import Testing

@testable import LocalRunner

/// How a WebSocket ends, and who is told what of it.
@Suite struct WebSocketEndTests {
    @Test(arguments: [1000, 1001, 1003, 1007, 1011, 1014, 3000, 4999])
    func `a client's close is told, and answered with its code`(code: Int) throws {
        let server = try WebSocketServer()
        let client = try server.open("/answer-events")

        client.sendClose(code, "bye")

        #expect(try client.next()?.closeCode == code)
        #expect(try client.next() == nil)
        #expect(try server.waits(for: "CLOSE 5|"))
        #expect(try !server.logged().contains("DISCONNECT"))
    }

    @Test func `a close without a code is answered without one`() throws {
        let server = try WebSocketServer()
        let client = try server.open()

        client.sendClose(nil)

        #expect(try client.next() == .emptyClose)
        #expect(try client.next() == nil)
    }

    @Test func `what the function still has to say comes before the close`() throws {
        let server = try WebSocketServer()
        let client = try server.open("/answer-events")

        client.ask(["pause": 200, "body": "TEXT 4\r\nlast\r\n"])
        client.sendClose(1000)

        #expect(try client.next() == .text("last"))
        #expect(try client.next()?.closeCode == 1000)
        #expect(try client.next() == nil)
    }

    @Test func `a client that closes both ways at once gets its answer`() throws {
        let server = try WebSocketServer()
        let client = try server.open()

        client.sendClose(1000)
        client.finish()

        #expect(try client.closeCode() == 1000)
    }

    @Test(arguments: ["!close", "!close 4001"])
    func `a function closes with a code, and is told the client's answer`(text: String) throws {
        let server = try WebSocketServer()
        let client = try server.open()
        let code = text == "!close" ? 1000 : 4001

        client.send(text)
        let frame = try client.next()
        client.sendClose(code)

        #expect(frame?.closeCode == code)
        #expect(frame?.content.dropFirst(2).elementsEqual("asked".utf8) == true)
        #expect(try client.next() == nil)
    }

    @Test func `a client that does not answer a close is dropped, and told as lost`() throws {
        let server = try WebSocketServer { $0.closeTimeout = .milliseconds(100) }
        let client = try server.open("/answer-events")

        client.ask(body: "CLOSE\r\n")

        #expect(try client.next() == .emptyClose)
        #expect(try client.next() == nil)
        #expect(try server.waits(for: #""events":"DISCONNECT|""#))
    }

    @Test func `a failure of the function closes with 1008`() throws {
        let server = try WebSocketServer()
        let client = try server.open()

        client.send("!fail")

        #expect(try client.next()?.closeCode == 1008)
    }

    @Test(
        arguments: [
            (#"{"crashes": true}"#, "it answered 502"), (#"{"status": 404}"#, "it answered 404"),
            (#"{"body": "NONSENSE"}"#, "a line break is missing"),
            (#"{"body": "NONSENSE\r\n"}"#, #""NONSENSE" is no kind of event"#),
            (#"{"body": "TEXT 5\r\nhi\r\n"}"#, #"has not the "5" bytes"#),
            (#"{"body": "TEXT -1\r\nhi\r\n"}"#, #"has not the "-1" bytes"#),
            (#"{"body": "TEXT x\r\nhi\r\n"}"#, #"has not the "x" bytes"#),
            (#"{"body": "OPEN\r\n"}"#, "answered OPEN to what is open"),
            (#"{"base64": "VEVYVCAxDQr/DQo="}"#, "A text must be UTF-8."),
            (#"{"base64": "Q0xPU0UgMg0KA+0NCg=="}"#, "closed with 1005, which no frame can say"),
            (#"{"headers": {"content-bytes-accepted": "0"}}"#, "Content-Bytes-Accepted"),
            (#"{"headers": {"content-type": "text/plain"}}"#, "not application/websocket-events"),
        ])
    func `an answer that is none closes with 1011, and the next connection works`(
        answer: String, problem: String
    ) throws {
        let server = try WebSocketServer()
        let client = try server.open("/answer-events")

        client.send(answer)
        let frame = try client.next()
        client.sendClose(1011)

        #expect(frame?.closeCode == 1011)
        #expect(try client.next() == nil)
        #expect(try server.waits(for: "Probes/AnswerEvents failed on a WebSocket: "))
        let log = try server.logged()
        #expect(log.contains(problem), "\(log)")
        let next = try server.open("/answer-events")
        next.ask(body: "TEXT 5\r\nagain\r\n")
        #expect(try next.next() == .text("again"))
        #expect(try !server.logged().contains("CLOSE"))
    }

    @Test func `a function that takes too long closes with 1011`() throws {
        let server = try WebSocketServer { $0.deadline = .milliseconds(500) }
        let client = try server.open("/answer-events")

        client.ask(["pause": 60_000])

        #expect(try client.next()?.closeCode == 1011)
        #expect(try server.logged().contains("did not answer POST"))
    }

    @Test func `a connection that is lost is told, once`() throws {
        let server = try WebSocketServer()
        let client = try server.open("/answer-events")
        client.ask(body: "TEXT 2\r\nhi\r\n")
        #expect(try client.next() == .text("hi"))

        client.leave()

        #expect(try server.waits(for: #""events":"DISCONNECT|""#))
        let other = try server.open()
        other.send("!count")
        #expect(try other.next() == .text("1"))
        #expect(try server.logged().ranges(of: "DISCONNECT").count == 1)
    }

    @Test func `what a lost client has said is told before`() throws {
        let server = try WebSocketServer()
        let client = try server.open("/answer-events")

        client.ask(["pause": 200])
        client.send("one")
        client.leave()

        #expect(try server.waits(for: "DISCONNECT|"))
        #expect(try server.logged().contains("TEXT 3|one|"))
    }

    @Test func `a function drops a client without a word`() throws {
        let server = try WebSocketServer()
        let client = try server.open("/answer-events")

        client.ask(body: "TEXT 2\r\nhi\r\nDISCONNECT\r\n")

        #expect(try client.next() == .text("hi"))
        #expect(try client.next() == nil)
    }

    @Test func `the runner's end is 1001`() throws {
        let server = try WebSocketServer()
        let client = try server.open()
        client.send("hello")
        #expect(try client.next() == .text("hello"))

        server.server.stop(patience: 5)

        #expect(try client.closeCode() == 1001)
    }

    @Test func `functions that are built anew get what comes from then on`() throws {
        let server = try WebSocketServer()
        let client = try server.open()
        client.send("!count")
        #expect(try client.next() == .text("1"))

        try server.server.replace(mounts: try WebSocketServer.mounts())
        client.send("!count")

        #expect(try client.next() == .text("2"))
    }

    @Test func `a function that is there no more closes with 1011`() throws {
        let server = try WebSocketServer()
        let client = try server.open()

        try server.server.replace(mounts: [])
        #expect(try server.connect().answer.status == 404)
        client.send("hello")

        #expect(try client.next()?.closeCode == 1011)
    }
}
