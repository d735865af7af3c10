import FunctionRuntime
import Testing

@testable import LocalRunner

/// Dead letters, and moving them by hand.
@Suite struct RedriveTests {
    private static func arn(_ name: String) -> String { QueueAddress.arn(of: name) }

    /// A queue whose messages are dead letters after two receptions, with some that are.
    private static func deadLetters(_ count: Int, in server: QueueServer) throws -> [String] {
        let dead = try server.createQueue("dead")
        let policy = RedrivePolicy(target: arn("dead"), maxReceives: 2).text
        let url = try server.createQueue(
            "a", [.init("RedrivePolicy", .string(policy)), .init("VisibilityTimeout", "0")])
        for number in 0..<count { try server.send("\(number)", to: url) }
        var receptions = 0
        while case let messages = try server.receive(from: url), !messages.isEmpty {
            receptions += messages.count
        }
        #expect(receptions == 2 * count)
        return [url, dead]
    }

    @Test func `what was received too often goes to the dead letters`() throws {
        let server = try QueueServer()
        let urls = try Self.deadLetters(1, in: server)

        #expect(try server.counts(of: urls[0]) == ["0", "0", "0"])
        let message = try #require(try server.receive(from: urls[1]).first)
        #expect(message.bodyText == "0")
        #expect(message.receiveCount == "3")
        #expect(message["Attributes"]?["DeadLetterQueueSourceArn"]?.text == Self.arn("a"))
        let sources = try server.perform(
            "ListDeadLetterSourceQueues", ["QueueUrl": .string(urls[1])])
        #expect(sources == ["queueUrls": [.string(urls[0])]])
        #expect(
            try server.perform("ListDeadLetterSourceQueues", ["QueueUrl": .string(urls[0])])
                == ["queueUrls": []])
    }

    @Test func `dead letters go back where they came from`() async throws {
        let server = try QueueServer()
        let urls = try Self.deadLetters(12, in: server)

        try server.perform(
            "StartMessageMoveTask", ["SourceArn": .string(Self.arn("dead"))])
        try await server.advance(seconds: 1)

        #expect(try server.counts(of: urls[1]) == ["0", "0", "0"])
        #expect(try server.counts(of: urls[0]) == ["12", "0", "0"])
        // They are new messages there.
        let again = try server.receive(from: urls[0], 1)[0]
        #expect(again.receiveCount == "1")
        #expect(again["Attributes"]?["DeadLetterQueueSourceArn"] == nil)
        let task = try Self.latestTask(server)
        #expect(task["Status"] == "COMPLETED")
        #expect(task["ApproximateNumberOfMessagesMoved"] == 12)
        #expect(task["ApproximateNumberOfMessagesToMove"] == 12)
        #expect(task["TaskHandle"] == nil)
    }

    private static func latestTask(_ server: QueueServer) throws -> JSON {
        let answer = try server.perform(
            "ListMessageMoveTasks", ["SourceArn": .string(arn("dead"))])
        guard case .array(let tasks)? = answer["Results"] else { return .null }
        return tasks.first ?? .null
    }

    @Test func `they may go elsewhere, so many a second, until somebody stops it`() async throws {
        let server = try QueueServer()
        _ = try Self.deadLetters(10, in: server)
        let elsewhere = try server.createQueue("b")

        let start: JSON = [
            "SourceArn": .string(Self.arn("dead")), "DestinationArn": .string(Self.arn("b")),
            "MaxNumberOfMessagesPerSecond": 2,
        ]
        let handle = try #require(
            try server.perform("StartMessageMoveTask", start)["TaskHandle"])
        #expect(try server.ask("StartMessageMoveTask", start).status == 400)
        try await server.advance(seconds: 2)
        let cancelled = try server.perform("CancelMessageMoveTask", ["TaskHandle": handle])

        let moved = try #require(try server.attribute("ApproximateNumberOfMessages", of: elsewhere))
        #expect(["4", "6"].contains(moved))
        #expect(cancelled == ["ApproximateNumberOfMessagesMoved": .number(moved)])
        #expect(try Self.latestTask(server)["Status"] == "CANCELLED")
        let again = try server.ask("CancelMessageMoveTask", ["TaskHandle": handle])
        #expect(again.refusal == "404 ResourceNotFoundException ResourceNotFoundException")
        try await server.advance(seconds: 10)
        #expect(try server.attribute("ApproximateNumberOfMessages", of: elsewhere) == moved)
    }

    @Test func `a message that came from nowhere ends the task`() async throws {
        let server = try QueueServer()
        let urls = try Self.deadLetters(0, in: server)
        try server.send("x", to: urls[1])

        try server.perform("StartMessageMoveTask", ["SourceArn": .string(Self.arn("dead"))])
        try await server.advance(seconds: 1)

        let task = try Self.latestTask(server)
        #expect(task["Status"] == "FAILED")
        #expect(task["FailureReason"] == "CouldNotDetermineMessageSource")
        #expect(try server.counts(of: urls[1]) == ["1", "0", "0"])
    }

    @Test func `only queues of dead letters can be moved out of`() throws {
        let server = try QueueServer()
        _ = try Self.deadLetters(0, in: server)
        for (source, destination, refusal) in [
            (Self.arn("a"), nil, "400 InvalidParameterValueException InvalidParameterValue"),
            (Self.arn("no"), nil, "404 ResourceNotFoundException ResourceNotFoundException"),
            ("dead", nil, "400 InvalidParameterValueException InvalidParameterValue"),
            (
                Self.arn("dead"), Self.arn("no"),
                "404 ResourceNotFoundException ResourceNotFoundException"
            ),
        ] as [(String, String?, String)] {
            let reply = try server.ask(
                "StartMessageMoveTask",
                [
                    "SourceArn": .string(source),
                    "DestinationArn": destination.map { .string($0) } ?? .null,
                ])
            #expect(reply.refusal == refusal)
        }
        let reply = try server.ask("CancelMessageMoveTask", ["TaskHandle": "x"])
        #expect(reply.refusal == "400 InvalidParameterValueException InvalidParameterValue")
    }
}
