import Foundation
import FunctionRuntime
import NIOCore
import Testing

@testable import LocalRunner
@testable import TestSupport

@Suite struct RecoveryTests {
    /// A query whose next link resumes at an id, with one more behind it.
    private func query(_ first: String, resume: [String], channel: String = "a") -> String {
        var next = ""
        for id in resume.reversed() {
            next = "channel=\(channel)&resume=\(id)&next=\(("?" + next).escaped)"
        }
        return "channel=\(channel)&\(first)&next=\(("?" + next).escaped)"
    }

    @Test(arguments: WorkerKind.allCases)
    func `a gap at the first hold is filled from the next link`(kind: WorkerKind) throws {
        let server = try RealtimeServer { $0.workerKind = kind }
        try server.publish(item("a", "9", id: "9"))

        let client = try server.stream(query("prev-id=7", resume: ["9", "11"]))
        #expect(try client.chunk() == "event: missed\ndata: a; last-id=7\n\n")
        try server.publish(item("a", "10", id: "10", after: "9"))

        #expect(try client.chunk() == "10")
    }

    @Test func `a gap between items is filled from the next link, and nothing comes twice`()
        throws
    {
        let server = try RealtimeServer()
        let client = try server.stream(query("prev-id=7", resume: ["9", "12"]))

        try server.publish(item("a", "8", id: "8", after: "7"))
        #expect(try client.chunk() == "8")
        try server.publish(
            skipping("9", after: "8b"), skipping("10", after: "9"), skipping("11", after: "10"))

        // The function takes account of 9, so the stream goes on with 10.
        #expect(try client.chunk() == "event: missed\ndata: a; last-id=8\n\n")
        #expect(try client.chunk() == "10")
        #expect(try client.chunk() == "11")
        try server.publish(item("a", "again", id: "11", after: "10"))
        try server.publish(item("a", "12", id: "12", after: "11"))
        #expect(try client.chunk() == "12")
    }

    private func skipping(_ id: String, after previous: String) -> JSON {
        item("a", id, id: id, after: previous).unsequenced
    }

    @Test func `what came while the function was asked follows its answer`() throws {
        let server = try RealtimeServer()
        let client = try server.stream(query("prev-id=7", resume: ["9", "12"]))

        try server.publish(
            skipping("9", after: "8"), skipping("10", after: "9"), skipping("11", after: "10"),
            item("other", "of nobody"))

        #expect(try client.chunk().hasPrefix("event: missed"))
        #expect(try client.chunk() == "10")
        #expect(try client.chunk() == "11")
    }

    @Test func `a hint has the next link asked, and an answer without a hold ends the stream`()
        throws
    {
        let server = try RealtimeServer()
        let client = try server.stream("channel=a&next=\("?channel=a".escaped)")

        try server.publish(["channel": "a", "http-stream": ["action": "hint"]])

        // Nothing is known to have come last, so the probe takes it for a new client.
        #expect(try client.chunk() == "event: connected\ndata: hello\n\n")
        try server.publish(item("a", "held again"))
        #expect(try client.chunk() == "held again")

        let other = try server.stream(query("prev-id=1", resume: []))
        try server.publish(["channel": "a", "http-stream": ["action": "close"]])
        #expect(try client.chunk() == "")
        #expect(try other.chunk().hasPrefix("event: missed"))
        #expect(try other.chunk() == "")
    }

    @Test func `a link that leads out of the app ends the stream, and the log says so`() throws {
        let server = try RealtimeServer()
        for link in ["http://example.com/x", "ftp://localhost/", "/probes/missing/entirely", "//"] {
            let client = try server.stream("channel=a&next=\(link.escaped)")
            try server.publish(["channel": "a", "http-stream": ["action": "hint"]])
            #expect(try client.chunk() == "")
            #expect(try server.running.logged().contains("The link <\(link)> of Probes/HoldStream"))
        }
    }

    @Test func `a function that fails is asked again a few times`() throws {
        let server = try RealtimeServer { $0.holdRetryDelay = .milliseconds(1) }
        let client = try server.stream("channel=a&next=\("exit/3".escaped)")

        try server.publish(["channel": "a", "http-stream": ["action": "hint"]])

        #expect(try client.chunk() == "")
        let log = try server.running.logged()
        #expect(log.components(separatedBy: "it will be asked again").count == 6)
        #expect(log.contains("answered 502, too often"))
    }

    @Test func `a client for whom more waits than may wait is dropped`() throws {
        let server = try RealtimeServer { $0.unsentLimit = 10_000 }
        let client = try server.stream("channel=a&next=\("sleep/9000".escaped)")

        try server.publish(["channel": "a", "http-stream": ["action": "hint"]])
        try server.publish(item("a", String(repeating: "x", count: 9000)))
        #expect(try server.subscriberCount(of: "a") == 1)
        try server.publish(item("a", String(repeating: "x", count: 9000)))

        #expect(try server.subscriberCount(of: "a") == 0)
        #expect(try client.isClosed())
        #expect(try server.running.waits(for: "more was published than can wait"))
    }

    @Test func `the next link is asked when there is no news for its timeout`() throws {
        let server = try RealtimeServer()
        let line = """
            {"status":200,"headers":{"grip-hold":"stream","grip-channel":"a","grip-link":\
            "<hold-stream?channel=a>; rel=next; timeout=1"},"body":"first"}\n
            """
        let client = try server.running.connect()
        try client.write(RunningServer.message("POST /probes/garbage", body: Array(line.utf8)))

        #expect(try client.head().status == 200)
        #expect(try client.chunk() == "first")
        #expect(try client.chunk() == "event: connected\ndata: hello\n\n")
    }

    @Test func `an answer without a hold goes on at its next link at once`() throws {
        let server = try RealtimeServer()
        let line = """
            {"status":200,"headers":{"grip-link":"<hold-stream?channel=a>; rel=next"},\
            "body":"first"}\n
            """
        let client = try server.running.connect()
        try client.write(RunningServer.message("POST /probes/garbage", body: Array(line.utf8)))

        #expect(try client.head()["transfer-encoding"] == "chunked")
        #expect(try client.chunk() == "first")
        #expect(try client.chunk() == "event: connected\ndata: hello\n\n")
        try server.publish(item("a", "second"))
        #expect(try client.chunk() == "second")
    }

    @Test func `a function is told that its client has gone`() throws {
        let server = try RealtimeServer()
        let line = """
            {"status":200,"headers":{"grip-hold":"stream","grip-channel":"a","grip-link":\
            "</probes/shout/gone>; rel=gone"}}\n
            """
        do {
            let client = try server.running.connect()
            try client.write(RunningServer.message("POST /probes/garbage", body: Array(line.utf8)))
            #expect(try client.head().status == 200)
        }
        // It takes no POST, of which the log tells.
        #expect(
            try server.running.waits(for: "leads to nothing that answers POST in Probes"))
    }
}
