import Dispatch
import FunctionRuntime
import NIOCore
import TestSupport
import Testing

@testable import LocalRunner

@Suite struct WebSocketPublishTests {
    @Test func `what is published comes to those who have subscribed`() throws {
        let server = try WebSocketServer()
        let clients = try ["a", "a&channel=b", "b"].map {
            try server.open("/echo-messages?channel=\($0)")
        }

        try server.publish(["content": "to a"], on: "a")
        try server.publish(["content": "to b"], on: "b")
        try server.publish(["content": "to nobody"], on: "c")
        for client in clients { client.send("end") }

        #expect(try clients[0].next(2) == [.text("to a"), .text("end")])
        #expect(
            try clients[1].next(3) == [
                .text("to a"), .text("to b"), .text("end"),
            ])
        #expect(try clients[2].next(2) == [.text("to b"), .text("end")])
    }

    @Test func `who has unsubscribed gets nothing more`() throws {
        let server = try WebSocketServer()
        let client = try server.open("/echo-messages")

        client.send("!subscribe news")
        client.send("!subscribe news")
        client.send("one")
        #expect(try client.next() == .text("one"))
        try server.publish(["content": "published"], on: "news")
        #expect(try client.next() == .text("published"))
        client.send("!unsubscribe news")
        client.send("two")
        #expect(try client.next() == .text("two"))
        try server.publish(["content": "published"], on: "news")
        client.send("three")

        #expect(try client.next() == .text("three"))
    }

    @Test func `all kinds of messages are published`() throws {
        let server = try WebSocketServer()
        let client = try server.open("/echo-messages?channel=a")
        let long = String(repeating: "x", count: 70_000)

        try server.publish(["content": "m:as it is"], on: "a")
        try server.publish(["content-bin": "AP8="], on: "a")
        try server.publish(["content": "bytes", "type": "binary"], on: "a")
        try server.publish(["type": "ping", "content": "p"], on: "a")
        try server.publish(["type": "pong"], on: "a")
        try server.publish(["content": .string(long)], on: "a")
        try server.publish(["content": ""], on: "a")

        #expect(
            try client.next(7) == [
                .text("m:as it is"), .binary([0, 255]), .binary(Array("bytes".utf8)), .ping("p"),
                .pong(""), .text(long), .text(""),
            ])
    }

    @Test(
        arguments: [
            ["content-bin": "/w==", "type": "text"],
            ["type": "ping", "content": .string(String(repeating: "p", count: 126))],
            ["action": "close", "code": 1005], ["action": "close", "code": 2000],
        ] as [JSON])
    func `what no client would take cannot be published`(message: JSON) throws {
        let server = try WebSocketServer()

        #expect(throws: GripProblem.self) { try server.publish(message, on: "a") }
    }

    @Test(
        arguments: [
            (["action": "close"], 1000, ""),
            (["action": "close", "code": 4002, "reason": "over"], 4002, "over"),
        ] as [(JSON, Int, String)])
    func `a published close ends all who have subscribed`(
        message: JSON, code: Int, reason: String
    ) throws {
        let server = try WebSocketServer()
        let clients = try ["a", "a", "b"].map { try server.open("/echo-messages?channel=\($0)") }

        try server.publish(message, on: "a")
        try server.publish(["content": "behind"], on: "a")

        for client in clients.prefix(2) {
            let frame = try client.next()
            #expect(frame?.closeCode == code)
            #expect(frame?.content.dropFirst(2).elementsEqual(reason.utf8) == true)
            client.sendClose(code)
            #expect(try client.next() == nil)
        }
        clients[2].send("still here")
        #expect(try clients[2].next() == .text("still here"))
    }

    @Test func `a long reason is cut at a character`() throws {
        let server = try WebSocketServer()
        let client = try server.open("/echo-messages?channel=a")
        let reason = String(repeating: "ä", count: 100)

        try server.publish(["action": "close", "reason": .string(reason)], on: "a")
        let frame = try client.next()

        #expect(frame?.content.count == 2 + 122)
        #expect(String(validating: frame?.content.dropFirst(2) ?? [], as: UTF8.self) != nil)
    }

    @Test func `a published refresh has the function called`() throws {
        let server = try WebSocketServer()
        let client = try server.open("/echo-messages?channel=a")

        try server.publish(["action": "refresh"], on: "a")

        #expect(try client.next() == .text("beat"))
    }

    @Test func `what is published while the function is at work is not held up`() throws {
        let server = try WebSocketServer()
        let client = try server.openAnswering()
        client.control(["type": "subscribe", "channel": "a"])
        client.ask(["pause": 400, "body": "TEXT 6\r\nm:late\r\n"])
        #expect(try server.waits(for: "pause"))

        try server.publish(["content": "early"], on: "a")

        #expect(try client.next() == .text("early"))
        #expect(try client.next() == .text("late"))
    }

    @Test func `a client that does not read is dropped, the others get all`() throws {
        let server = try WebSocketServer { $0.unsentLimit = 100_000 }
        let (slow, quick) = (
            try server.open("/echo-messages?channel=a"), try server.open("/echo-messages?channel=a")
        )
        let text = String(repeating: "z", count: 50_000)

        for _ in 0..<400 {
            try server.publish(["content": .string(text)], on: "a")
            #expect(try quick.next() == .text(text))
        }

        #expect(
            try server.waits(for: "A client of Probes/EchoMessages was dropped: it does not take"))
        var count = 0
        while try slow.next() != nil { count += 1 }
        #expect(count < 400)
        quick.send("well")
        #expect(try quick.next() == .text("well"))
    }

    @Test func `a client that takes too little for long is dropped, and told as lost`() throws {
        let server = try WebSocketServer {
            $0.unsentLimit = 1 << 30
            $0.keepAliveTimeout = .milliseconds(200)
        }
        let client = try server.openAnswering()
        client.control(["type": "subscribe", "channel": "a"])
        client.ask(body: "TEXT 4\r\nm:hi\r\n")
        #expect(try client.next() == .text("hi"))
        let text = String(repeating: "z", count: 900_000)

        for _ in 0..<20 { try server.publish(["content": .string(text)], on: "a") }

        #expect(try server.waits(for: #""events":"DISCONNECT|""#))
    }

    @Test func `a client that does not read is not read either`() throws {
        let server = try WebSocketServer()
        let client = try server.open()
        let text = String(repeating: "w", count: 100_000)
        let count = 300

        let frames = [UInt8](
            (0..<count).flatMap { _ in WebSocketClient.frame(0x81, Array(text.utf8)) })
        DispatchQueue.global().async { client.send(frames) }
        let texts = try client.next(count)

        #expect(texts.allSatisfy { $0 == .text(text) })
    }

    @Test func `many connections at once get their turns`() throws {
        let server = try WebSocketServer {
            $0.queueLimit = 8
            $0.workersPerFunction = 1
        }
        let clients = try (0..<60).map { _ in try server.open("/echo-messages?channel=a") }

        try server.publish(["action": "refresh"], on: "a")
        for client in clients { client.send("mine") }

        for client in clients {
            // The function may be called for both at once.
            var frame = try client.next()
            if frame == .text("beat") { frame = try client.next() }
            #expect(frame == .text("mine"))
        }
    }
}
