import FunctionHTTP
import FunctionRuntime
import Testing

@testable import LocalRunner

/// Strangers, and requests that are none.
@Suite struct RefusalTests {
    @Test func `who has not the key is refused`() throws {
        let server = try QueueServer()
        let credentials = server.credentials
        func ask(_ key: String, _ secret: String, region: String = "us-east-1") throws -> Reply {
            try server.ask(
                "ListQueues", bytes: Array("{}".utf8),
                as: AWSAccount(
                    region: region, accessKeyID: key, secretAccessKey: Secret(secret)))
        }

        #expect(
            try ask(credentials.accessKeyID, "wrong").refusal
                == "403 InvalidSignatureException SignatureDoesNotMatch")
        #expect(
            try ask("AKIAWRONG", credentials.secretAccessKey).refusal
                == "403 UnrecognizedClientException InvalidClientTokenId")
        #expect(
            try ask(credentials.accessKeyID, credentials.secretAccessKey, region: "mars").refusal
                == "403 InvalidSignatureException SignatureDoesNotMatch")
        #expect(
            try server.ask("ListQueues", bytes: Array("{}".utf8), as: nil).refusal
                == "403 MissingAuthenticationTokenException MissingAuthenticationToken")
        let hourAgo = server.clock.now - 3_600_000
        #expect(
            try server.ask("ListQueues", bytes: Array("{}".utf8), at: hourAgo).refusal
                == "403 InvalidSignatureException SignatureDoesNotMatch")
    }

    @Test(arguments: [
        "", "{", "[]", "1", "{\"QueueName\":1}", "{\"QueueName\":\"\\ud800\"}", "\u{FEFF}{}",
    ])
    func `what is not JSON, or of other types, is refused`(body: String) throws {
        let server = try QueueServer()
        let reply = try server.ask("GetQueueUrl", bytes: Array(body.utf8))
        #expect(reply.status == 400)
        #expect(
            reply.refusal.contains(body.isEmpty ? "MissingParameter" : "SerializationException"))
        #expect(try server.ask("ListQueues", [:]).status == 200)
    }

    @Test(
        arguments: [
            ["MaxNumberOfMessages": "1"], ["MaxNumberOfMessages": .number("1.5")],
            ["MessageAttributeNames": "All"], ["MessageAttributeNames": [1]],
            ["WaitTimeSeconds": [:]],
        ] as [JSON])
    func `parameters of other types are refused`(members: JSON) throws {
        let server = try QueueServer()
        let url = try server.createQueue("a")
        guard case .object(let more) = members else { return }
        let reply = try server.ask(
            "ReceiveMessage", .object([.init("QueueUrl", .string(url))] + more))
        #expect(reply.refusal == "400 SerializationException MalformedInput")
    }

    @Test(arguments: [
        ("", "400 MissingRequiredParameterException MissingParameter"),
        ("a", "404 InvalidAddress InvalidAddress"),
        ("http://localhost/", "404 InvalidAddress InvalidAddress"),
        ("http://localhost/000000000000/a b", "404 InvalidAddress InvalidAddress"),
        (
            "http://localhost/111111111111/a",
            "400 QueueDoesNotExist AWS.SimpleQueueService.NonExistentQueue"
        ),
        (
            "http://localhost/000000000000/no",
            "400 QueueDoesNotExist AWS.SimpleQueueService.NonExistentQueue"
        ),
    ])
    func `addresses that are no queue's are refused`(url: String, refusal: String) throws {
        let server = try QueueServer()
        let reply = try server.ask(
            "SendMessage", ["QueueUrl": .string(url), "MessageBody": "x"])
        #expect(reply.refusal == refusal)
    }

    @Test(arguments: ["Explode", "", "sendMessage"])
    func `unknown operations are refused`(operation: String) throws {
        let reply = try QueueServer().ask(operation, [:])
        #expect(reply.refusal == "400 UnknownOperationException InvalidAction")
    }

    @Test func `requests longer than any are refused, and the server lives`() throws {
        let server = try QueueServer()
        let body = [UInt8](repeating: UInt8(ascii: " "), count: 9 << 20)
        let reply = try server.ask("ListQueues", bytes: body)
        #expect(reply.refusal == "413 RequestEntityTooLargeException RequestEntityTooLarge")
        #expect(try server.ask("ListQueues", [:]).status == 200)
    }

    @Test func `errors have the form that SDKs read`() throws {
        let reply = try QueueServer().ask("GetQueueUrl", ["QueueName": "no"])
        #expect(reply.body["__type"] == "com.amazonaws.sqs#QueueDoesNotExist")
        #expect(reply.body["message"] == "The specified queue does not exist.")
        #expect(
            reply.headers["x-amzn-query-error"]
                == "AWS.SimpleQueueService.NonExistentQueue;Sender")
        #expect(reply.headers["content-type"] == "application/x-amz-json-1.0")
        #expect(reply.headers["x-amzn-requestid"] != nil)
    }
}
