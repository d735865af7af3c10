import FunctionRuntime
import Testing

@testable import LocalRunner

/// Sending and receiving messages.
@Suite struct MessageTests {
    @Test func `a message comes as it was sent, with its checksums`() throws {
        let server = try QueueServer()
        let url = try server.createQueue("a")
        let attributes: JSON = [
            "Hello": ["DataType": "String", "StringValue": "There"],
            "General": ["DataType": "String", "StringValue": "Kenobi"],
            "Help.Me": ["DataType": "String", "StringValue": "Me"],
        ]
        let sent = try server.perform(
            "SendMessage",
            ["QueueUrl": .string(url), "MessageBody": "msg", "MessageAttributes": attributes])
        // As SQS itself has computed them.
        #expect(sent["MD5OfMessageBody"] == "6e2baaf3b97dbeef01c0043275f9a0e7")
        #expect(sent["MD5OfMessageAttributes"] == "4c360f3fdafd970e05fae2f149d997f5")

        let message = try #require(
            try server.receive(from: url, 1, [.init("MessageAttributeNames", ["All"])]).first)
        #expect(message["MessageId"] == sent["MessageId"])
        #expect(message["Body"] == "msg")
        #expect(message["MD5OfBody"] == "6e2baaf3b97dbeef01c0043275f9a0e7")
        #expect(message["MD5OfMessageAttributes"] == "4c360f3fdafd970e05fae2f149d997f5")
        #expect(message["MessageAttributes"]?["Help.Me"]?["StringValue"] == "Me")
        let system = try #require(message["Attributes"])
        #expect(system["ApproximateReceiveCount"] == "1")
        #expect(system["SenderId"]?.text == server.credentials.accessKeyID)
        #expect(system["SentTimestamp"] != nil)
        #expect(system["ApproximateFirstReceiveTimestamp"] != nil)
    }

    @Test func `a binary attribute has SQS's checksum`() throws {
        let server = try QueueServer()
        let url = try server.createQueue("a")
        let value = Base64.encode(
            Array("traceparent\u{1E}00-774062d6c37081a5a0b9b5b88e30627c-2d2482211f6489da-01".utf8))
        let sent = try server.perform(
            "SendMessage",
            [
                "QueueUrl": .string(url), "MessageBody": "test",
                "MessageAttributes": [
                    "attr1": ["DataType": "Binary", "BinaryValue": .string(value)]
                ],
            ])
        #expect(sent["MD5OfMessageAttributes"] == "8cbe4db156db8a94db8b801b7addb984")
        let names: JSON.Member = .init("MessageAttributeNames", ["attr1"])
        let message = try #require(try server.receive(from: url, 1, [names]).first)
        #expect(message["MessageAttributes"]?["attr1"]?["BinaryValue"]?.text == value)
    }

    @Test(arguments: [
        ([], []), (["All"], ["A.x", "A.y", "B"]), ([".*"], ["A.x", "A.y", "B"]),
        (["A.*"], ["A.x", "A.y"]), (["B", "A.x"], ["A.x", "B"]), (["C"], []),
    ])
    func `attributes are given by name and by prefix`(wanted: [String], given: [String]) throws {
        let server = try QueueServer()
        let url = try server.createQueue("a")
        let attributes = ["B", "A.y", "A.x"].map { name in
            JSON.Member(name, ["DataType": "Number", "StringValue": "1"])
        }
        try server.perform(
            "SendMessage",
            [
                "QueueUrl": .string(url), "MessageBody": "x",
                "MessageAttributes": .object(attributes),
            ])

        let names = JSON.array(wanted.map { .string($0) })
        let message = try #require(
            try server.receive(from: url, 1, [.init("MessageAttributeNames", names)]).first)
        guard case .object(let members)? = message["MessageAttributes"] else {
            #expect(given.isEmpty)
            #expect(message["MD5OfMessageAttributes"] == nil)
            return
        }
        #expect(members.map(\.name) == given)
    }

    @Test(arguments: ["AttributeNames", "MessageSystemAttributeNames"])
    func `system attributes are given by name`(parameter: String) throws {
        let server = try QueueServer()
        let url = try server.createQueue("a")
        try server.perform(
            "SendMessage",
            [
                "QueueUrl": .string(url), "MessageBody": "x", "MessageGroupId": "tenant-1",
                "MessageSystemAttributes": [
                    "AWSTraceHeader": ["DataType": "String", "StringValue": "Root=1"]
                ],
            ])
        let answer = try server.perform(
            "ReceiveMessage",
            .object([
                .init("QueueUrl", .string(url)),
                .init(parameter, ["AWSTraceHeader", "MessageGroupId"]),
            ]))
        guard case .array(let messages)? = answer["Messages"] else {
            Issue.record("Nothing has come.")
            return
        }
        #expect(
            messages[0]["Attributes"] == ["AWSTraceHeader": "Root=1", "MessageGroupId": "tenant-1"])
    }

    @Test func `a batch is taken entry by entry`() throws {
        let server = try QueueServer()
        let url = try server.createQueue("a", [.init("MaximumMessageSize", "1024")])
        let answer = try server.perform(
            "SendMessageBatch",
            [
                "QueueUrl": .string(url),
                "Entries": [
                    ["Id": "good", "MessageBody": "x"],
                    ["Id": "long", "MessageBody": .string(String(repeating: "x", count: 1025))],
                    ["Id": "bad", "MessageBody": "\u{1}"],
                    ["Id": "late", "MessageBody": "x", "DelaySeconds": 901],
                ],
            ])
        guard case .array(let good)? = answer["Successful"],
            case .array(let failed)? = answer["Failed"]
        else {
            Issue.record("The answer has not both lists.")
            return
        }
        #expect(good.map { $0["Id"] } == ["good"])
        #expect(failed.map { $0["Id"] } == ["long", "bad", "late"])
        #expect(
            failed.map { $0["Code"] } == [
                "InvalidParameterValue", "InvalidMessageContents", "InvalidParameterValue",
            ])
        #expect(failed.allSatisfy { $0["SenderFault"] == true })
        #expect(try server.counts(of: url) == ["1", "0", "0"])
    }

    private static func entries(_ ids: [String]) -> JSON {
        .array(ids.map { ["Id": .string($0), "MessageBody": "x", "ReceiptHandle": "x"] })
    }

    @Test(arguments: ["SendMessageBatch", "DeleteMessageBatch", "ChangeMessageVisibilityBatch"])
    func `a batch that is none is refused as a whole`(operation: String) throws {
        let server = try QueueServer()
        let url = JSON.string(try server.createQueue("a"))
        let prefix = "AWS.SimpleQueueService."
        for (ids, type) in [
            ([], "EmptyBatchRequest"), ((0..<11).map { "\($0)" }, "TooManyEntriesInBatchRequest"),
            (["a", "b", "a"], "BatchEntryIdsNotDistinct"), (["a:b"], "InvalidBatchEntryId"),
            ([""], "InvalidBatchEntryId"),
            ([String(repeating: "a", count: 81)], "InvalidBatchEntryId"),
        ] {
            let reply = try server.ask(
                operation, ["QueueUrl": url, "Entries": Self.entries(ids)])
            #expect(reply.refusal == "400 \(type) \(prefix)\(type)")
        }
    }

    @Test func `messages and batches are at most a mebibyte long`() throws {
        let server = try QueueServer()
        let url = try server.createQueue("a")
        let longest = String(repeating: "x", count: 1 << 20)

        try server.send(longest, to: url)
        #expect(try server.receive(from: url, 1)[0].bodyText == longest)
        let reply = try server.ask(
            "SendMessage", ["QueueUrl": .string(url), "MessageBody": .string(longest + "x")])
        #expect(
            reply.message
                == "One or more parameters are invalid. Reason: Message must be shorter than "
                + "1048576 bytes.")
        let half = JSON.string(String(repeating: "x", count: 1 << 19))
        let batch = try server.ask(
            "SendMessageBatch",
            [
                "QueueUrl": .string(url),
                "Entries": [
                    ["Id": "1", "MessageBody": half], ["Id": "2", "MessageBody": half],
                    ["Id": "3", "MessageBody": "x"],
                ],
            ])
        #expect(batch.refusal.hasSuffix("AWS.SimpleQueueService.BatchRequestTooLong"))
        #expect(batch.message.hasSuffix("You have sent 1048577 bytes."))
    }

    @Test(arguments: ["\u{0}", "\u{1F}", "\u{FFFE}", "a\u{FFFF}"])
    func `characters that SQS does not carry are refused`(body: String) throws {
        let server = try QueueServer()
        let url = try server.createQueue("a")
        let reply = try server.ask(
            "SendMessage", ["QueueUrl": .string(url), "MessageBody": .string(body)])
        #expect(reply.refusal == "400 InvalidMessageContents InvalidMessageContents")
    }

    @Test(arguments: ["\t\r\n", "\u{7F}", "\u{FFFD}", "\u{1F600}\u{1FFFE}", "é\"\\"])
    func `all other characters come through`(body: String) throws {
        let server = try QueueServer()
        let url = try server.createQueue("a")
        try server.send(body, to: url)
        #expect(try server.receive(from: url, 1)[0].bodyText == body)
    }

    @Test(
        arguments: [
            ("", ["DataType": "String", "StringValue": "x"]),
            ("AWS.x", ["DataType": "String", "StringValue": "x"]),
            (".x", ["DataType": "String", "StringValue": "x"]),
            ("x y", ["DataType": "String", "StringValue": "x"]),
            ("x", ["DataType": "String", "StringValue": ""]),
            ("x", ["StringValue": "x"]),
            ("x", ["DataType": "Text", "StringValue": "x"]),
            ("x", ["DataType": "Number", "StringValue": "x"]),
            ("x", ["DataType": "Binary", "StringValue": "x"]),
            ("x", ["DataType": "Binary", "BinaryValue": "?"]),
            ("x", ["DataType": "String", "StringValue": "\u{1}"]),
            ("x", ["DataType": "String", "StringListValues": ["x"]]),
        ] as [(String, JSON)])
    func `attributes that SQS refuses are refused`(name: String, value: JSON) throws {
        let server = try QueueServer()
        let url = try server.createQueue("a")
        let reply = try server.ask(
            "SendMessage",
            [
                "QueueUrl": .string(url), "MessageBody": "x",
                "MessageAttributes": .object([.init(name, value)]),
            ])
        #expect(reply.status == 400)
        #expect(try server.counts(of: url) == ["0", "0", "0"])
    }

    @Test(arguments: [
        ("MaxNumberOfMessages", 0), ("MaxNumberOfMessages", 11), ("WaitTimeSeconds", -1),
        ("WaitTimeSeconds", 21), ("VisibilityTimeout", -1), ("VisibilityTimeout", 43_201),
    ])
    func `a receiver's numbers have bounds`(name: String, value: Int) throws {
        let server = try QueueServer()
        let url = try server.createQueue("a")
        let reply = try server.ask(
            "ReceiveMessage",
            .object([.init("QueueUrl", .string(url)), .init(name, .number(String(value)))]))
        #expect(reply.refusal == "400 InvalidParameterValueException InvalidParameterValue")
        #expect(reply.message.hasPrefix("Value \(value) for parameter \(name) is invalid."))
    }
}
