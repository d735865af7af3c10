import FunctionRuntime
import Testing

@testable import FunctionHTTP
@testable import TestSupport

/// What SQS does, wherever it is played.
@Suite struct QueueTests {
    @Test(arguments: Target.queues)
    func `delivers what was sent`(target: Target) throws {
        let queue = try target.queue("deliver")
        let attributes: [String: Queue.Attribute] = [
            "kind": .string("ä"), "count": .number("7"), "raw": .binary([0, 255]),
        ]
        let id = try queue.send("Grüße\n\"you\"", attributes: attributes)

        let message = try #require(try queue.receive().first)
        #expect(message.id == id)
        #expect(message.body == "Grüße\n\"you\"")
        #expect(message.attributes == attributes)
        #expect(message.receiveCount == 1)
        #expect(message.sentAt != nil)
        #expect(try queue.receive().isEmpty)
        try queue.delete(message)
        #expect(try queue.attributes()["ApproximateNumberOfMessagesNotVisible"] == "0")
    }

    @Test(arguments: Target.queues)
    func `sends JSON`(target: Target) throws {
        struct Job: Codable, Equatable { var file: String }
        let queue = try target.queue("json")
        try queue.send(json: Job(file: "a/b"))
        let message = try #require(try queue.receive().first)
        #expect(try JSON(parsing: message.body).decode(as: Job.self) == Job(file: "a/b"))
    }

    @Test(arguments: Target.queues)
    func `delivers again what was not deleted`(target: Target) throws {
        let queue = try target.queue("again")
        try queue.send("x")
        let first = try #require(try queue.receive(visibility: 600).first)
        #expect(try queue.receive().isEmpty)
        try queue.changeVisibility(of: first, seconds: 0)
        let second = try #require(try queue.receive().first)
        #expect(second.id == first.id)
        #expect(second.receiveCount == 2)
    }

    @Test(arguments: Target.queues)
    func `holds a message back`(target: Target) throws {
        let queue = try target.queue("delayed")
        try queue.send("later", delay: 900)
        try queue.send("now")
        #expect(try queue.receive(10).map(\.body) == ["now"])
        #expect(try queue.attributes()["ApproximateNumberOfMessagesDelayed"] == "1")
    }

    @Test(arguments: Target.queues)
    func `sends any number together`(target: Target) throws {
        let queue = try target.queue("batches")
        let batch = try queue.send((0..<23).map { Queue.Outgoing("message \($0)") })
        #expect(batch.failed.isEmpty)
        #expect(Set(batch.ids.compactMap { $0 }).count == 23)
        var bodies: Set<String> = []
        while case let messages = try queue.receive(10), !messages.isEmpty {
            for message in messages { bodies.insert(message.body) }
        }
        #expect(bodies == Set((0..<23).map { "message \($0)" }))
    }

    @Test(arguments: Target.queues)
    func `empties a queue`(target: Target) throws {
        let queue = try target.queue("purged")
        try queue.send("x")
        try queue.purge()
        #expect(try queue.receive().isEmpty)
    }

    @Test(arguments: Target.queues)
    func `tells that there is no such queue`(target: Target) throws {
        let queue = try target.queue("known")
        var address = try #require(queue.address)
        address.url += "-not"
        let error = try #require(throws: ServiceError.self) { try Queue(address).send("x") }
        #expect(error.code.hasSuffix("NonExistentQueue") || error.code == "QueueDoesNotExist")
        #expect(error.status == 400)
        #expect(error.operation == "SendMessage on known-not")
    }

    /// What no service can be asked to do to order.
    @Test func `reports what was not taken, and by which place`() throws {
        let digest = "9dd4e461268c8034f5c8564e155c67a6"
        let server = try FaultServer(
            .status(
                200,
                """
                {"Successful":[{"Id":"1","MessageId":"m","MD5OfMessageBody":"\(digest)"}],
                "Failed":[{"Id":"0","Code":"InternalError","Message":"Sorry","SenderFault":false}]}
                """))
        let queue = Self.queue(at: server)
        let batch = try queue.send([.init("x"), .init("x")])
        #expect(batch.ids == [nil, "m"])
        #expect(
            batch.failed
                == [
                    .init(
                        index: 0, code: "InternalError", message: "Sorry", isSenderFault: false)
                ])
        let request = try #require(server.requests.first)
        #expect(request.headers["x-amz-target"] == "AmazonSQS.SendMessageBatch")
        #expect(request.headers["content-type"] == "application/x-amz-json-1.0")
        #expect(
            request.headers["authorization"]?.contains("/us-east-1/sqs/aws4_request") == true)
    }

    @Test func `notices a body that arrived as another`() throws {
        let server = try FaultServer(
            .status(200, #"{"MessageId":"m","MD5OfMessageBody":"00"}"#))
        let error = try #require(throws: ServiceError.self) {
            try Self.queue(at: server).send("x")
        }
        #expect(error.message.contains("MD5"))
    }

    private static func queue(at server: FaultServer) -> Queue {
        Queue(
            .init(
                url: server.url + "/000000000000/q", endpoint: server.url,
                account: .init(
                    region: "us-east-1", accessKeyID: "AK", secretAccessKey: "secret")))
    }
}
