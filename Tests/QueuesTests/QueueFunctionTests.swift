import FunctionRuntime
import NIOCore
import Testing

@testable import LocalRunner
@testable import TestSupport

/// Functions that queues trigger, by a clock that the tests move.
@Suite struct QueueFunctionTests {
    /// Whether a queue comes to hold nothing.
    private static func isEmptied(_ url: String, of server: QueueServer) throws -> Bool {
        try eventually { try server.counts(of: url) == ["0", "0", "0"] }
    }

    @Test(arguments: WorkerKind.allCases)
    func `a function gets what is sent, and what it has done is deleted`(kind: WorkerKind) throws {
        let server = try QueueServer { $0.workerKind = kind }
        let url = try server.collect()
        try server.perform(
            "SendMessage",
            [
                "QueueUrl": .string(url), "MessageBody": "hello",
                "MessageAttributes": [
                    "n": ["DataType": "Number", "StringValue": "7"],
                    "b": ["DataType": "Binary", "BinaryValue": "AAE="],
                ],
            ])

        #expect(try Self.isEmptied(url, of: server))
        let line = try #require(try server.collected().first)
        #expect(line.hasPrefix("1 "))
        #expect(line.hasSuffix(" [b=AAE=,n=7] hello"))
        #expect(try server.collected().count == 1)
    }

    @Test func `only what failed comes again`() throws {
        let server = try QueueServer()
        let dead = server.url(of: "probes-collect-dead")
        let url = server.url(of: "probes-collect")
        // A whole batch is there before the function is.
        _ = try server.createQueue("probes-collect")
        for body in ["a", "fail once", "b", "fail", "c"] { try server.send(body, to: url) }
        _ = try server.collect(maxReceives: 3)
        server.service.clock.start { _ in }
        defer { server.service.clock.stop() }

        #expect(try Self.isEmptied(url, of: server))
        #expect(
            try server.deliveries().sorted() == [
                "1 a", "1 b", "1 c", "1 fail", "1 fail once", "2 fail", "2 fail once", "3 fail",
            ])
        let letter = try #require(try server.receive(from: dead).first)
        #expect(letter.bodyText == "fail")
        #expect(letter.receiveCount == "4")
        #expect(try server.logged().contains("probes-collect-dead after 3 receptions"))
    }

    @Test(arguments: ["throw", "crash", "name another"])
    func `where it fails as a whole, the whole batch comes again`(poison: String) async throws {
        let server = try QueueServer()
        _ = try server.createQueue("probes-collect")
        let url = server.url(of: "probes-collect")
        for body in ["a", poison, "b"] { try server.send(body, to: url) }
        _ = try server.collect(maxReceives: 2, retryDelay: 36_000)

        try await server.advance(seconds: 1)
        #expect(try server.deliveries() == ["1 a", "1 \(poison)", "1 b"])
        #expect(try server.counts(of: url) == ["0", "3", "0"])
        try await server.advance(seconds: 36_000)
        #expect(try server.deliveries().count == 6)
        try await server.advance(seconds: 36_000)

        let letters = try server.receive(from: server.url(of: "probes-collect-dead"))
        #expect(letters.map(\.bodyText).sorted() == ["a", "b", poison].sorted())
        #expect(try server.deliveries().count == 6)
    }

    @Test func `dead letters get another chance by hand`() async throws {
        let server = try QueueServer()
        let url = try server.collect(maxReceives: 1)
        try server.send("fail once", to: url)
        let dead = server.url(of: "probes-collect-dead")
        try await server.advance(seconds: 1)
        #expect(try eventually { try server.counts(of: dead)[0] == "1" })

        try server.perform(
            "StartMessageMoveTask",
            ["SourceArn": .string(QueueAddress.arn(of: "probes-collect-dead"))])
        try await server.advance(seconds: 1)

        // It is a new message, fails once more, and is a dead letter again.
        #expect(try server.deliveries() == ["1 fail once", "1 fail once"])
        #expect(try server.counts(of: dead)[0] == "1")
    }

    @Test func `a delayed message is delivered when the clock has come there`() async throws {
        let server = try QueueServer()
        let url = try server.collect()
        try server.send("later", to: url, delay: 600)

        try await server.advance(seconds: 599)
        #expect(try server.deliveries().isEmpty)
        try await server.advance(seconds: 1)
        #expect(try server.deliveries() == ["1 later"])
        #expect(try server.counts(of: url) == ["0", "0", "0"])
    }

    @Test func `batches have the size that the function wants, and several run at once`() throws {
        let server = try QueueServer { $0.workersPerFunction = 3 }
        _ = try server.createQueue("probes-collect")
        let url = server.url(of: "probes-collect")
        for _ in 0..<6 { try server.send("sleep", to: url) }
        _ = try server.collect(batchSize: 2)
        server.service.clock.start { _ in }
        defer { server.service.clock.stop() }

        #expect(try Self.isEmptied(url, of: server))
        #expect(try server.deliveries() == Array(repeating: "1 sleep", count: 6))
    }

    @Test func `what is worked on is hidden past the deadline`() async throws {
        let server = try QueueServer { $0.deadline = .seconds(30) }
        let url = try server.collect()
        try server.perform(
            "SetQueueAttributes",
            ["QueueUrl": .string(url), "Attributes": ["VisibilityTimeout": "0"]])
        try server.send("sleep", to: url)
        #expect(try eventually { try !server.deliveries().isEmpty })
        // The queue's own timeout is shorter than the function may take.
        #expect(try server.receive(from: url).isEmpty)
        #expect(try Self.isEmptied(url, of: server))
        #expect(try server.deliveries() == ["1 sleep"])
    }

    @Test func `one that takes too long has failed`() async throws {
        let server = try QueueServer { $0.deadline = .milliseconds(100) }
        let url = try server.collect(maxReceives: 1)
        try server.send("sleep", to: url)
        let dead = server.url(of: "probes-collect-dead")
        try await server.advance(seconds: 1)
        #expect(try eventually { try server.counts(of: dead)[0] == "1" })
        #expect(try server.deliveries() == ["1 sleep"])
    }

    @Test func `a thousand messages are each delivered once`() throws {
        let server = try QueueServer()
        let url = try server.collect()
        server.service.clock.start { _ in }
        defer { server.service.clock.stop() }
        for batch in 0..<100 {
            try server.perform(
                "SendMessageBatch",
                [
                    "QueueUrl": .string(url),
                    "Entries": .array(
                        (0..<10).map {
                            ["Id": .string("\($0)"), "MessageBody": .string("\(batch * 10 + $0)")]
                        }),
                ])
        }

        #expect(try Self.isEmptied(url, of: server))
        #expect(
            try Set(server.deliveries()) == Set((0..<1000).map { "1 \($0)" }))
        #expect(try server.collected().count == 1000)
    }

    @Test func `the queue and that of its dead letters are made, and stay as they are set`() throws
    {
        let server = try QueueServer()
        let url = try server.collect(maxReceives: 4)
        #expect(
            try server.attribute("RedrivePolicy", of: url)
                == RedrivePolicy(
                    target: QueueAddress.arn(of: "probes-collect-dead"), maxReceives: 4
                ).text)
        try server.perform(
            "SetQueueAttributes",
            ["QueueUrl": .string(url), "Attributes": ["DelaySeconds": "5"]])
        try server.service.prepare(
            .init(
                function: "Probes/Collect", queue: "probes-collect",
                trigger: .init(name: "collect", batchSize: 1, maxReceives: 9, retryDelay: 0)))
        #expect(try server.attribute("DelaySeconds", of: url) == "5")
        #expect(try server.attribute("RedrivePolicy", of: url)?.contains("9") == true)
    }
}
