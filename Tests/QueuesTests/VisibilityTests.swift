import Dispatch
import FunctionRuntime
import GRDB
import Synchronization
import TestSupport
import Testing

@testable import LocalRunner

/// When messages can be received, by a clock that the tests move.
@Suite struct VisibilityTests {
    @Test func `what is not deleted comes back, and is counted`() async throws {
        let server = try QueueServer()
        let url = try server.createQueue("a")
        try server.send("x", to: url)

        let first = try server.receive(from: url)[0]
        #expect(try server.receive(from: url).isEmpty)
        #expect(try server.counts(of: url) == ["0", "1", "0"])
        try await server.advance(seconds: 29)
        #expect(try server.receive(from: url).isEmpty)
        try await server.advance(seconds: 1)
        #expect(try server.counts(of: url) == ["1", "0", "0"])
        let second = try server.receive(from: url)[0]

        #expect([first, second].map(\.receiveCount) == ["1", "2"])
        #expect(first["MessageId"] == second["MessageId"])
        #expect(first.handle != second.handle)
        let times = [first, second].map { $0["Attributes"]?["ApproximateFirstReceiveTimestamp"] }
        #expect(times[0] == times[1])
        // An older handle will do as well.
        for handle in [first.handle, first.handle, second.handle] {
            try server.perform(
                "DeleteMessage", ["QueueUrl": .string(url), "ReceiptHandle": handle])
        }
        #expect(try server.counts(of: url) == ["0", "0", "0"])
    }

    @Test func `a message is delayed as the queue or the sender says`() async throws {
        let server = try QueueServer()
        let url = try server.createQueue("a", [.init("DelaySeconds", "10")])
        try server.send("queue's", to: url)
        try server.send("none", to: url, delay: 0)
        try server.send("longest", to: url, delay: 900)

        #expect(try server.counts(of: url) == ["1", "0", "2"])
        #expect(try server.receive(from: url).map(\.bodyText) == ["none"])
        try await server.advance(seconds: 10)
        #expect(try server.receive(from: url).map(\.bodyText) == ["queue's"])
        try await server.advance(seconds: 890)
        #expect(try server.receive(from: url).map(\.bodyText).contains("longest"))
    }

    @Test func `the longest waiting comes first`() throws {
        let server = try QueueServer()
        let url = try server.createQueue("a")
        for number in 1...25 { try server.send("\(number)", to: url) }

        let bodies = try (1...3).flatMap { _ in try server.receive(from: url).map(\.bodyText) }
        #expect(bodies == (1...25).map { "\($0)" })
    }

    @Test func `a receiver may keep a message longer, or give it back`() async throws {
        let server = try QueueServer()
        let url = try server.createQueue("a")
        try server.send("x", to: url)
        let handle = try server.receive(from: url, 1, [.init("VisibilityTimeout", 5)])[0].handle
        func change(_ seconds: Int) throws -> Reply {
            try server.ask(
                "ChangeMessageVisibility",
                [
                    "QueueUrl": .string(url), "ReceiptHandle": handle,
                    "VisibilityTimeout": .number(String(seconds)),
                ])
        }

        #expect(try change(100).status == 200)
        try await server.advance(seconds: 99)
        #expect(try server.receive(from: url).isEmpty)
        #expect(try change(43_101).refusal.hasSuffix(" InvalidParameterValue"))
        #expect(try change(43_201).refusal.hasSuffix(" InvalidParameterValue"))
        #expect(try change(0).status == 200)
        #expect(
            try change(3).refusal
                == "400 MessageNotInflight AWS.SimpleQueueService.MessageNotInflight")
        #expect(try server.receive(from: url)[0].receiveCount == "2")
    }

    @Test func `batches of handles are done entry by entry`() throws {
        let server = try QueueServer()
        let url = try server.createQueue("a")
        try server.send("x", to: url)
        try server.send("y", to: url)
        let handles = try server.receive(from: url).map(\.handle)
        func ask(_ operation: String, _ second: JSON, _ more: [JSON.Member] = []) throws -> JSON {
            let entries = zip(["1", "2"], [handles[0], second]).map { id, handle in
                JSON.object([.init("Id", .string(id)), .init("ReceiptHandle", handle)] + more)
            }
            return try server.perform(
                operation, ["QueueUrl": .string(url), "Entries": .array(entries)])
        }

        let changed = try ask(
            "ChangeMessageVisibilityBatch", "garbage", [.init("VisibilityTimeout", 0)])
        #expect(changed["Successful"] == [["Id": "1"]])
        guard case .array(let failed)? = changed["Failed"] else { return }
        #expect(failed.map { $0["Code"] } == ["ReceiptHandleIsInvalid"])
        #expect(try server.counts(of: url) == ["1", "1", "0"])
        let deleted = try ask("DeleteMessageBatch", handles[1])
        #expect(deleted == ["Successful": [["Id": "1"], ["Id": "2"]], "Failed": []])
        #expect(try server.counts(of: url) == ["0", "0", "0"])
    }

    @Test func `handles that are none, or another queue's, are refused`() throws {
        let server = try QueueServer()
        let (url, other) = (try server.createQueue("a"), try server.createQueue("b"))
        try server.send("x", to: url)
        let handle = try server.receive(from: url)[0].handle
        let text = handle.text ?? ""
        let forged = String(text.dropLast(4)) + (text.hasSuffix("AAAA") ? "BBBB" : "AAAA")

        for (queue, handle) in [(url, "x"), (url, "é"), (url, forged), (other, text)] {
            let reply = try server.ask(
                "DeleteMessage", ["QueueUrl": .string(queue), "ReceiptHandle": .string(handle)])
            #expect(reply.refusal == "404 ReceiptHandleIsInvalid ReceiptHandleIsInvalid")
        }
        #expect(try server.counts(of: url) == ["0", "1", "0"])
    }

    @Test func `messages are kept as long as the queue says`() async throws {
        let server = try QueueServer()
        let url = try server.createQueue("a", [.init("MessageRetentionPeriod", "60")])
        try server.send("x", to: url)
        try await server.advance(seconds: 60)
        #expect(try server.counts(of: url) == ["0", "0", "0"])
        #expect(try server.receive(from: url).isEmpty)
    }

    @Test func `a queue has a bound of messages in flight`() throws {
        let server = try QueueServer()
        let url = try server.createQueue("a")
        let now = server.clock.now
        try server.service.store.write { database in
            try database.execute(
                sql: """
                    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
                    INSERT INTO message (queue, visible_at, receives, sent_at, id, sender, body)
                    SELECT 1, ?, 1, ?, i, '', 'x' FROM n
                    """,
                arguments: [119_995, now + 600_000, now])
        }
        for _ in 1...9 { try server.send("x", to: url) }

        #expect(try server.receive(from: url).count == 9)
        let reply = try server.ask("ReceiveMessage", ["QueueUrl": .string(url)])
        #expect(reply.refusal == "403 OverLimit OverLimit")
    }
}

/// Receivers that wait.
@Suite struct LongPollTests {
    /// Receives on a thread of its own.
    private final class Receiver: Sendable {
        private let result = Mutex<Result<[JSON], any Error>?>(nil)
        private let isDone = DispatchSemaphore(value: 0)

        init(_ server: QueueServer, _ url: String, seconds: Int) {
            DispatchQueue.global().async {
                let result = Result {
                    try server.receive(
                        from: url, 1, [.init("WaitTimeSeconds", .number(String(seconds)))])
                }
                self.result.withLock { $0 = result }
                self.isDone.signal()
            }
        }

        func messages() throws -> [JSON] {
            isDone.wait()
            return try result.withLock { $0 }?.get() ?? []
        }
    }

    private static func waits(_ server: QueueServer) throws -> Bool {
        try eventually { try server.service.arrivals.nextDue() != nil }
    }

    @Test func `a receiver that waits gets a message when it is sent`() throws {
        let server = try QueueServer()
        let url = try server.createQueue("a")
        let receiver = Receiver(server, url, seconds: 20)
        #expect(try Self.waits(server))

        try server.send("x", to: url)

        #expect(try receiver.messages().map(\.bodyText) == ["x"])
    }

    @Test func `a receiver that waits gets a message when its delay is over`() async throws {
        let server = try QueueServer()
        let url = try server.createQueue("a", [.init("ReceiveMessageWaitTimeSeconds", "20")])
        try server.send("x", to: url, delay: 10)
        let receiver = Receiver(server, url, seconds: 20)
        #expect(try Self.waits(server))

        try await server.advance(seconds: 10)

        #expect(try receiver.messages().map(\.bodyText) == ["x"])
    }

    @Test func `a receiver that waits gets a message that another gives back`() throws {
        let server = try QueueServer()
        let url = try server.createQueue("a")
        try server.send("x", to: url)
        let handle = try server.receive(from: url)[0].handle
        let receiver = Receiver(server, url, seconds: 20)
        #expect(try Self.waits(server))

        try server.perform(
            "ChangeMessageVisibility",
            ["QueueUrl": .string(url), "ReceiptHandle": handle, "VisibilityTimeout": 0])

        #expect(try receiver.messages().map(\.receiveCount) == ["2"])
    }

    @Test func `a receiver waits no longer than it says`() async throws {
        let server = try QueueServer()
        let url = try server.createQueue("a")
        let receiver = Receiver(server, url, seconds: 5)
        #expect(try Self.waits(server))

        try await server.advance(seconds: 5)

        #expect(try receiver.messages().isEmpty)
        #expect(try server.service.arrivals.nextDue() == nil)
    }

    @Test func `a receiver that waits learns that the queue is gone`() throws {
        let server = try QueueServer()
        let url = try server.createQueue("a")
        let receiver = Receiver(server, url, seconds: 20)
        #expect(try Self.waits(server))

        try server.perform("DeleteQueue", ["QueueUrl": .string(url)])

        #expect(throws: (any Error).self) { try receiver.messages() }
    }
}
