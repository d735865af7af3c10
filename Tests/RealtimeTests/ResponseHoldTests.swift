import FunctionRuntime
import Testing

@testable import LocalRunner
@testable import TestSupport

@Suite struct ResponseHoldTests {
    @Test(arguments: WorkerKind.allCases)
    func `the first thing that is published is the response`(kind: WorkerKind) throws {
        let server = try RealtimeServer { $0.workerKind = kind }
        let client = try server.poll("channel=a")

        try server.publish(
            [
                "channel": "a",
                "http-response": [
                    "code": 201, "reason": "Made",
                    "headers": [["x-own", "1"], ["Grip-Foo", "2"]],
                    "body": "news",
                ],
            ], item("a", "later"))

        let reply = try client.reply()
        #expect(reply.status == 201)
        #expect(reply.text == "news")
        #expect(reply["x-own"] == "1")
        #expect(reply["grip-foo"] == nil)
        // What was not published is as the function had it.
        #expect(reply["content-type"] == "text/plain; charset=utf-8")
        #expect(try server.subscriberCount(of: "a") == 0)
    }

    @Test func `the connection stays for what follows, even if it came before`() throws {
        let server = try RealtimeServer()
        let client = try server.poll("channel=a")

        try client.write(RunningServer.message("GET /probes/show/x"))
        try client.write(RunningServer.message("GET /probes/hold-response?channel=a&timeout=0"))
        try server.publish(item("a", "news"))

        #expect(try client.reply().text == "news")
        #expect(try client.reply().status == 200)
        #expect(try client.reply().text == "nothing came")
    }

    @Test func `when nothing comes, the function's own answer is sent`() throws {
        let server = try RealtimeServer()
        let client = try server.poll("channel=a&timeout=1")

        #expect(try client.reply().text == "nothing came")
        try client.write(RunningServer.message("GET /probes/show/x"))
        #expect(try client.reply().status == 200)
    }

    @Test func `who goes is unsubscribed`() throws {
        let server = try RealtimeServer()
        do {
            let client = try server.poll("channel=a")
            #expect(try server.subscriberCount(of: "a") == 1)
            withExtendedLifetime(client) {}
        }
        #expect(try server.isEventually(0, on: "a"))
    }

    @Test func `an item that does not follow has the function asked again`() throws {
        let server = try RealtimeServer()
        let client = try server.poll("channel=a&prev-id=7")

        // The probe says again that it knows 7, so that is what counts.
        try server.publish(item("a", "9", id: "9", after: "8"))
        #expect(try server.isEventually(1, on: "a"))
        try server.publish(
            item("a", "known", id: "7", after: "6").unsequenced,
            item("a", "new", id: "8", after: "7").unsequenced)

        #expect(try client.reply().text == "new")
    }

    @Test func `a contradiction at once has the function asked again, and then its word counts`()
        throws
    {
        let server = try RealtimeServer()
        try server.publish(item("a", "9", id: "9"))

        let client = try server.poll("channel=a&prev-id=7&timeout=1")
        #expect(try client.reply().text == "nothing came after a; last-id=7")
        let lines = try server.running.logged().split(separator: "\n")
        #expect(lines.count { $0.contains("/probes/hold-response") } == 1)
    }
}
