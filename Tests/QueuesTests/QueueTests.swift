import FunctionRuntime
import Testing

@testable import LocalRunner

/// Making, finding, describing and removing queues.
@Suite struct QueueTests {
    @Test func `a queue has SQS's defaults`() throws {
        let server = try QueueServer()
        let url = try server.createQueue("a")

        #expect(url == "http://127.0.0.1:\(server.server.port)/000000000000/a")
        let answer = try server.perform(
            "GetQueueAttributes", ["QueueUrl": .string(url), "AttributeNames": ["All"]])
        guard case .object(let members)? = answer["Attributes"] else {
            Issue.record("There are no attributes.")
            return
        }
        let fixed = members.filter { !$0.name.hasSuffix("Timestamp") }
        #expect(
            Dictionary(uniqueKeysWithValues: fixed.map { ($0.name, $0.value.text) }) == [
                "DelaySeconds": "0", "MaximumMessageSize": "1048576",
                "MessageRetentionPeriod": "345600", "ReceiveMessageWaitTimeSeconds": "0",
                "VisibilityTimeout": "30", "SqsManagedSseEnabled": "false",
                "QueueArn": "arn:aws:sqs:us-east-1:000000000000:a",
                "ApproximateNumberOfMessages": "0", "ApproximateNumberOfMessagesNotVisible": "0",
                "ApproximateNumberOfMessagesDelayed": "0",
            ])
        #expect(members.count == 12)
    }

    @Test func `making it again gives it, unless an attribute differs`() throws {
        let server = try QueueServer()
        let url = try server.createQueue("a", [.init("DelaySeconds", "3")])

        #expect(try server.createQueue("a") == url)
        #expect(try server.createQueue("a", [.init("DelaySeconds", "3")]) == url)
        let reply = try server.ask(
            "CreateQueue", ["QueueName": "a", "Attributes": ["DelaySeconds": "4"]])
        #expect(reply.refusal == "400 QueueNameExists QueueAlreadyExists")
        #expect(
            reply.message
                == "A queue already exists with the same name and a different value for "
                + "attribute DelaySeconds")
    }

    @Test(arguments: [
        ("", "400 MissingRequiredParameterException MissingParameter"),
        ("a b", "400 InvalidParameterValueException InvalidParameterValue"),
        ("é", "400 InvalidParameterValueException InvalidParameterValue"),
        (
            String(repeating: "a", count: 81),
            "400 InvalidParameterValueException InvalidParameterValue"
        ),
        ("a.fifo", "400 UnsupportedOperation AWS.SimpleQueueService.UnsupportedOperation"),
    ])
    func `names that are none are refused`(name: String, refusal: String) throws {
        let reply = try QueueServer().ask("CreateQueue", ["QueueName": .string(name)])
        #expect(reply.refusal == refusal)
    }

    @Test(arguments: [
        ("DelaySeconds", "901", "InvalidAttributeValue"),
        ("DelaySeconds", "-1", "InvalidAttributeValue"),
        ("DelaySeconds", "many", "InvalidAttributeValue"),
        ("MaximumMessageSize", "1023", "InvalidAttributeValue"),
        ("MaximumMessageSize", "1048577", "InvalidAttributeValue"),
        ("MessageRetentionPeriod", "59", "InvalidAttributeValue"),
        ("ReceiveMessageWaitTimeSeconds", "21", "InvalidAttributeValue"),
        ("VisibilityTimeout", "43201", "InvalidAttributeValue"),
        ("QueueArn", "x", "InvalidAttributeName"),
        ("Color", "red", "InvalidAttributeName"),
        ("ContentBasedDeduplication", "true", "InvalidAttributeName"),
        ("KmsMasterKeyId", "key", "UnsupportedOperation"),
        ("Policy", "{}", "UnsupportedOperation"),
        ("RedrivePolicy", "x", "InvalidParameterValueException"),
        ("RedrivePolicy", #"{"maxReceiveCount":3}"#, "InvalidParameterValueException"),
        (
            "RedrivePolicy",
            #"{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:no","maxReceiveCount":3}"#,
            "InvalidParameterValueException"
        ),
        (
            "RedrivePolicy",
            #"{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:a","maxReceiveCount":0}"#,
            "InvalidParameterValueException"
        ),
        (
            "RedriveAllowPolicy", #"{"redrivePermission":"byQueue"}"#,
            "InvalidParameterValueException"
        ),
    ])
    func `attributes that SQS refuses are refused`(
        name: String, value: String, type: String
    ) throws {
        let server = try QueueServer()
        let url = try server.createQueue("a")

        let set = try server.ask(
            "SetQueueAttributes",
            ["QueueUrl": .string(url), "Attributes": .object([.init(name, .string(value))])])
        let made = try server.ask(
            "CreateQueue",
            ["QueueName": "b", "Attributes": .object([.init(name, .string(value))])])

        for reply in [set, made] {
            #expect(reply.status == 400)
            #expect(reply.refusal.contains(" \(type) "), "\(reply.message)")
        }
        #expect(try server.ask("GetQueueUrl", ["QueueName": "b"]).status == 400)
    }

    @Test func `attributes can be changed, and a redrive policy removed`() throws {
        let server = try QueueServer()
        let url = try server.createQueue("a")
        _ = try server.createQueue("dead")
        let policy =
            #"{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:dead","maxReceiveCount":"4"}"#

        try server.perform(
            "SetQueueAttributes",
            [
                "QueueUrl": .string(url),
                "Attributes": ["VisibilityTimeout": "7", "RedrivePolicy": .string(policy)],
            ])
        #expect(try server.attribute("VisibilityTimeout", of: url) == "7")
        #expect(
            try server.attribute("RedrivePolicy", of: url)
                == policy.replacing(#""4""#, with: "4"))

        try server.perform(
            "SetQueueAttributes", ["QueueUrl": .string(url), "Attributes": ["RedrivePolicy": ""]])
        #expect(try server.attribute("RedrivePolicy", of: url) == nil)
    }

    @Test func `a queue may say whose dead letters it takes`() throws {
        let server = try QueueServer()
        _ = try server.createQueue(
            "dead",
            [
                .init(
                    "RedriveAllowPolicy",
                    .string(
                        """
                        {"redrivePermission":"byQueue","sourceQueueArns":\
                        ["arn:aws:sqs:us-east-1:000000000000:friend"]}
                        """))
            ])
        let policy: JSON =
            #"{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:dead","maxReceiveCount":1}"#

        _ = try server.createQueue("friend", [.init("RedrivePolicy", policy)])
        let reply = try server.ask(
            "CreateQueue", ["QueueName": "stranger", "Attributes": ["RedrivePolicy": policy]])
        #expect(reply.refusal == "400 InvalidParameterValueException InvalidParameterValue")
    }

    @Test func `lists queues by prefix and in pages`() throws {
        let server = try QueueServer()
        for name in ["b1", "a3", "a1", "a2"] { _ = try server.createQueue(name) }
        func names(_ answer: JSON) -> [String] {
            guard case .array(let urls)? = answer["QueueUrls"] else { return [] }
            return urls.compactMap { $0.text?.split(separator: "/").last.map(String.init) }
        }

        #expect(try names(server.perform("ListQueues", [:])) == ["a1", "a2", "a3", "b1"])
        let first = try server.perform("ListQueues", ["QueueNamePrefix": "a", "MaxResults": 2])
        #expect(names(first) == ["a1", "a2"])
        let token = try #require(first["NextToken"])
        let second = try server.perform(
            "ListQueues", ["QueueNamePrefix": "a", "MaxResults": 2, "NextToken": token])
        #expect(names(second) == ["a3"])
        #expect(second["NextToken"] == nil)
        #expect(try server.perform("ListQueues", ["QueueNamePrefix": "c"]) == .object([]))
        #expect(try server.ask("ListQueues", ["MaxResults": 0]).status == 400)
        #expect(try server.ask("ListQueues", ["NextToken": "?", "MaxResults": 1]).status == 400)
    }

    @Test func `a deleted queue is gone with its messages`() throws {
        let server = try QueueServer()
        let url = try server.createQueue("a")
        try server.send("x", to: url)

        try server.perform("DeleteQueue", ["QueueUrl": .string(url)])

        for operation in ["DeleteQueue", "PurgeQueue", "ReceiveMessage", "GetQueueAttributes"] {
            let reply = try server.ask(operation, ["QueueUrl": .string(url)])
            #expect(
                reply.refusal == "400 QueueDoesNotExist AWS.SimpleQueueService.NonExistentQueue")
        }
        _ = try server.createQueue("a")
        #expect(try server.counts(of: url) == ["0", "0", "0"])
    }

    @Test func `a queue is emptied once a minute`() async throws {
        let server = try QueueServer()
        let url = try server.createQueue("a")
        try server.send("x", to: url)
        try server.send("y", to: url)
        _ = try server.receive(from: url, 1)

        try server.perform("PurgeQueue", ["QueueUrl": .string(url)])

        #expect(try server.counts(of: url) == ["0", "0", "0"])
        let reply = try server.ask("PurgeQueue", ["QueueUrl": .string(url)])
        #expect(
            reply.refusal
                == "403 PurgeQueueInProgress AWS.SimpleQueueService.PurgeQueueInProgress")
        try await server.advance(seconds: 60)
        try server.perform("PurgeQueue", ["QueueUrl": .string(url)])
    }

    @Test(arguments: [
        "TagQueue", "UntagQueue", "ListQueueTags", "AddPermission", "RemovePermission",
    ])
    func `what is not emulated is refused by name`(operation: String) throws {
        let server = try QueueServer()
        let reply = try server.ask(operation, ["QueueUrl": .string(try server.createQueue("a"))])
        #expect(
            reply.refusal == "400 UnsupportedOperation AWS.SimpleQueueService.UnsupportedOperation")
        #expect(reply.message.hasPrefix(operation))
    }
}
