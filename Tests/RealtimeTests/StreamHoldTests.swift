import FunctionRuntime
import Glibc
import Testing

@testable import LocalRunner
@testable import TestSupport

@Suite struct StreamHoldTests {
    @Test(arguments: WorkerKind.allCases)
    func `what is published goes on the stream, in order, until it is closed`(kind: WorkerKind)
        throws
    {
        let server = try RealtimeServer { $0.workerKind = kind }
        let client = try server.stream("channel=a")

        for number in 1...20 { try server.publish(item("a", "number \(number)")) }
        try server.publish(["channel": "a", "formats": ["http-stream": ["action": "close"]]])

        for number in 1...20 { #expect(try client.chunk() == "number \(number)") }
        #expect(try client.chunk() == "")
        #expect(try server.isEventually(0, on: "a"))
    }

    @Test func `a closed stream leaves the connection for the next request`() throws {
        let server = try RealtimeServer()
        let client = try server.stream("channel=a")

        try client.write(RunningServer.message("GET /probes/show/x"))
        try server.publish(["channel": "a", "formats": ["http-stream": ["action": "close"]]])

        #expect(try client.chunk() == "")
        #expect(try client.reply().status == 200)
    }

    @Test func `clients hear the channels that they are held on, and those of their app`() throws {
        let server = try RealtimeServer()
        let both = try server.stream("channel=a&channel=b")
        let one = try server.stream("channel=b")

        try server.publish(item("a", "1"), item("c", "2"), item("b", "3"))
        try server.running.server.inspect {
            $0.hub.publish(
                [PublishedItem(channel: "b", stream: .content(StreamPiece("4".utf8)))], app: "Other"
            )
        }
        try server.publish(item("b", "5"))

        for text in ["1", "3", "5"] { #expect(try both.chunk() == text) }
        for text in ["3", "5"] { #expect(try one.chunk() == text) }
    }

    @Test func `bytes are delivered as they are, and nothing as nothing`() throws {
        let server = try RealtimeServer()
        let client = try server.stream("channel=a")

        try server.publish(
            ["channel": "a", "http-stream": ["content": ""]],
            ["channel": "a", "http-stream": ["content-bin": "aGVsbG8="]],
            ["channel": "a", "http-response": ["body": "not for streams"]],
            item("a", String(repeating: "ä", count: 100_000)))

        #expect(try client.chunk() == "hello")
        #expect(try client.chunk() == String(repeating: "ä", count: 100_000))
    }

    @Test func `no field of GRIP reaches a client`() throws {
        let server = try RealtimeServer()
        let client = try server.begin(
            "GET /probes/hold-stream?channel=a&keep-alive=9&next=%3Fx\nConnection: keep-alive")
        let head = try client.head()

        #expect(!head.fields.contains { $0.name.hasPrefix("grip") })
        #expect(head["content-type"] == "text/event-stream")
        #expect(head["content-length"] == nil)
        #expect(head["x-request-id"] != nil)
        let line = "GET /probes/hold-stream "
        #expect(try server.running.logged().contains(line))
    }

    @Test func `a client of HTTP 1_0 gets the stream without chunks, and the end as the end`()
        throws
    {
        let server = try RealtimeServer()
        let client = try server.begin(
            "GET /probes/hold-stream?channel=a HTTP/1.0\nConnection: keep-alive")
        let head = try client.head()
        #expect(head["transfer-encoding"] == nil)
        #expect(head["connection"] == "close")
        #expect(try client.bytes(30) == "event: connected\ndata: hello\n\n")

        try server.publish(item("a", "one"), item("a", "two"))
        #expect(try client.bytes(6) == "onetwo")
        try server.publish(["channel": "a", "formats": ["http-stream": ["action": "close"]]])

        #expect(try client.rest() == "")
    }

    @Test func `HEAD is answered and not held`() throws {
        let server = try RealtimeServer()
        for path in ["hold-stream", "hold-response"] {
            let client = try server.begin("HEAD /probes/\(path)?channel=a")
            #expect(try client.reply(isHead: true).status == 200)
            try client.write(RunningServer.message("GET /probes/show/x"))
            #expect(try client.reply().status == 200)
        }
        #expect(try server.subscriberCount(of: "a") == 0)
    }

    @Test func `a keep-alive comes when nothing else does`() throws {
        let server = try RealtimeServer()
        let client = try server.stream("channel=a&keep-alive=1")

        #expect(try client.chunk() == ":\n\n")
        try server.publish(item("a", "news"))
        #expect(try client.chunk() == "news")
        #expect(try client.chunk() == ":\n\n")
    }

    @Test func `who goes is unsubscribed, and who has no more to say as well`() throws {
        let server = try RealtimeServer()
        var clients = try (0..<5).map { _ in try server.stream("channel=a") }
        let stays = try server.stream("channel=a")
        #expect(try server.subscriberCount(of: "a") == 6)

        clients[0].finish()
        #expect(try server.isEventually(5, on: "a"))
        clients.removeAll()
        #expect(try server.isEventually(1, on: "a"))

        try server.publish(item("a", "1"))
        #expect(try stays.chunk() == "1")
    }

    @Test func `a client that takes nothing is dropped, and the others get everything`() throws {
        let server = try RealtimeServer { $0.unsentLimit = 100_000 }
        let slow = try server.stream("channel=a")
        let quick = try server.stream("channel=a")
        let text = String(repeating: "x", count: 200_000)

        // The kernel takes some megabytes for the slow one before anything waits for it.
        var count = 0
        while try server.subscriberCount(of: "a") == 2, count < 200 {
            try server.publish(item("a", text))
            #expect(try quick.chunk() == text)
            count += 1
        }

        #expect(try server.subscriberCount(of: "a") == 1)
        #expect(try server.running.waits(for: "it does not take what is sent to it"))
        try server.publish(item("a", "still here"))
        #expect(try quick.chunk() == "still here")
        withExtendedLifetime(slow) {}
    }

    @Test func `a thousand clients get what is published`() throws {
        let server = try RealtimeServer { $0.queueLimit = 1000 }
        let clients = try (0..<1000).map { _ in
            try server.begin("GET /probes/hold-stream?channel=a")
        }
        for client in clients {
            #expect(try client.head().status == 200)
            _ = try client.chunk()
        }

        try server.publish(item("a", "1"), item("a", "2"))

        for client in clients {
            #expect(try client.chunk() == "1")
            #expect(try client.chunk() == "2")
        }
    }

    @Test func `streams end when the runner stops`() throws {
        let server = try RealtimeServer()
        let stream = try server.stream("channel=a")
        let poll = try server.poll("channel=a")

        server.running.server.stop(patience: 20)

        #expect(try stream.chunk() == "")
        #expect(try stream.isClosed())
        #expect(try poll.reply().text == "nothing came")
    }

    @Test func `streams go on when functions are replaced`() throws {
        let server = try RealtimeServer()
        let client = try server.stream("channel=a")

        let mounts = RealtimeServer.mounts(server.key, port: server.running.server.port)
        try server.running.server.replace(mounts: mounts)
        try server.publish(item("a", "still here"))

        #expect(try client.chunk() == "still here")
    }

    @Test func `an instruction that makes no sense is a 502 that says why`() throws {
        let server = try RealtimeServer()
        let instruction = #"{"hold": {"mode": "sideways", "channels": []}}"#
        let request = "POST /probes/mirror\nContent-Type: application/grip-instruct"

        let reply = try server.running.send(request, body: Array(instruction.utf8))

        #expect(reply.status == 502)
        #expect(reply.text.contains(#"hold.mode must be stream or response, not \"sideways\"."#))
        #expect(try server.running.waits(for: "Probes/Mirror cannot be held"))
        let unread = try server.running.send(
            "GET /probes/hold-stream?channel=a&prev-id=7")
        #expect(unread.status == 502)
        #expect(unread.text.contains("a has a prev-id, and there is no Grip-Link"))
    }

    @Test func `an instruction may be the body`() throws {
        let server = try RealtimeServer()
        let instruction = """
            {"hold": {"mode": "stream", "channels": [{"name": "a"}]},
             "response": {"headers": {"x-own": "1"}, "body": "first"}}
            """
        let client = try server.running.connect()
        try client.write(
            RunningServer.message(
                "POST /probes/mirror\nContent-Type: application/grip-instruct",
                body: Array(instruction.utf8)))

        let head = try client.head()
        #expect(head["x-own"] == "1")
        #expect(head["content-type"] == nil)
        #expect(try client.chunk() == "first")
        try server.publish(item("a", "second"))
        #expect(try client.chunk() == "second")
    }
}
