import FunctionCrypto
import FunctionRuntime

/// Sending and receiving messages.
extension QueueService {
    func send(_ input: QueueInput) throws -> JSON {
        let name = try queueName(input)
        let now = clock.now
        let (message, queue) = try store.write { database in
            let queue = try database.existingQueue(name)
            let message = try newMessage(input, for: queue)
            guard message.size <= queue.settings.maximumSize else {
                throw QueueError.invalidParameter(
                    """
                    One or more parameters are invalid. Reason: Message must be shorter than \
                    \(queue.settings.maximumSize) bytes.
                    """)
            }
            try database.insert(message, into: queue, from: credentials.accessKeyID, at: now)
            return (message, queue)
        }
        arrivals.announce(queue.name)
        return .object(Self.receipt(of: message))
    }

    func sendBatch(_ input: QueueInput) throws -> JSON {
        let name = try queueName(input)
        let entries = try input.entries(of: "SendMessageBatchRequestEntry")
        let now = clock.now
        let (queue, output) = try store.write { database in
            let queue = try database.existingQueue(name)
            var size = 0
            var messages: [(id: String, result: Result<NewMessage, QueueError>)] = []
            for (id, input) in entries {
                let result = try Self.result { try newMessage(input, for: queue) }
                if case .success(let message) = result { size += message.size }
                messages.append((id, result))
            }
            guard size <= QueueSettings.sizeLimit else { throw QueueError.batchTooLong(size) }
            let output = try Self.batch(messages) { message in
                guard message.size <= queue.settings.maximumSize else {
                    throw QueueError.invalidParameter(
                        """
                        One or more parameters cannot be validated. Reason: Message must be \
                        shorter than \(queue.settings.maximumSize) bytes.
                        """)
                }
                try database.insert(message, into: queue, from: credentials.accessKeyID, at: now)
                return Self.receipt(of: message)
            }
            return (queue, output)
        }
        arrivals.announce(queue.name)
        return output
    }

    /// Reads a message that is to be sent, and checks all but its size.
    private func newMessage(_ input: QueueInput, for queue: StoredQueue) throws -> NewMessage {
        let body = try input.required("MessageBody")
        guard MessageText.isValid(body) else { throw QueueError.invalidContents }
        var message = NewMessage(body: body)
        message.attributes = try MessageAttributes(input.members("MessageAttributes"))
        message.systemAttributes = try systemAttributes(input)
        message.delay = try input.integer(
            "DelaySeconds", in: 0...900, "DelaySeconds must be >= 0 and <= 900.")
        message.group = try input.text("MessageGroupId")
        if let group = message.group, !Self.isGroup(group) {
            throw QueueError.invalidValue(
                group, of: "MessageGroupId",
                """
                MessageGroupId can only include alphanumeric and punctuation characters. 1 to \
                128 in length.
                """)
        }
        if let id = try input.text("MessageDeduplicationId") {
            throw QueueError.invalidValue(
                id, of: "MessageDeduplicationId",
                "The request includes a parameter that is not valid for this queue type.")
        }
        return message
    }

    private func systemAttributes(_ input: QueueInput) throws -> MessageAttributes {
        let members = try input.members("MessageSystemAttributes")
        guard members.allSatisfy({ $0.name == "AWSTraceHeader" }) else {
            throw QueueError.invalidParameter(
                "Message system attribute name can only be AWSTraceHeader.")
        }
        return try MessageAttributes(members)
    }

    private static func isGroup(_ text: String) -> Bool {
        1...128 ~= text.utf8.count && text.utf8.allSatisfy { 0x21...0x7E ~= $0 }
    }

    /// What the sender can check that the message has arrived whole by.
    private static func receipt(of message: NewMessage) -> [JSON.Member] {
        var members: [JSON.Member] = [
            .init("MessageId", .string(message.id)),
            .init("MD5OfMessageBody", .string(checksum(message.body))),
        ]
        if !message.attributes.isEmpty {
            members.append(
                .init("MD5OfMessageAttributes", .string(message.attributes.checksum)))
        }
        if !message.systemAttributes.isEmpty {
            members.append(
                .init("MD5OfMessageSystemAttributes", .string(message.systemAttributes.checksum)))
        }
        return members
    }

    static func checksum(_ text: String) -> String {
        Hex.encode(Hash.md5.digest(of: text))
    }
}

extension QueueService {
    /// What a receiver asks for.
    private struct Wish {
        var queue: String
        var limit: Int
        var visibility: Int?
        var wait: Int?
        var attributeNames: [String]
        var systemNames: Set<String>

        init(_ input: QueueInput) throws {
            queue = try QueueAddress.name(inURL: input.required("QueueUrl"))
            limit =
                try input.integer(
                    "MaxNumberOfMessages", in: 1...10, "Must be between 1 and 10, if provided.")
                ?? 1
            visibility = try input.integer(
                "VisibilityTimeout", in: 0...43_200, "Must be >= 0 and <= 43200, if provided.")
            wait = try input.integer(
                "WaitTimeSeconds", in: 0...20, "Must be >= 0 and <= 20, if provided.")
            attributeNames = try input.texts("MessageAttributeNames")
            // The first is the older name of the second.
            systemNames = Set(
                try input.texts("AttributeNames") + input.texts("MessageSystemAttributeNames"))
        }
    }

    func receive(_ input: QueueInput) async throws -> JSON {
        let wish = try Wish(input)
        var deadline: Int64?
        while true {
            let now = clock.now
            let (messages, queue, ticket) = try take(wish, at: now)
            let end = deadline ?? now + Int64(wish.wait ?? queue.settings.wait) * 1000
            guard messages.isEmpty, now < end, !arrivals.isStopped else {
                return try output(messages, of: queue, wish, at: now)
            }
            deadline = end
            await arrivals.wait(for: queue.name, after: ticket, until: end)
            try Task.checkCancellation()
        }
    }

    private func take(
        _ wish: Wish, at now: Int64
    ) throws -> (messages: [StoredMessage], queue: StoredQueue, ticket: Int) {
        var buried: StoredQueue?
        let result = try store.write { database in
            let queue = try database.existingQueue(wish.queue)
            let ticket = arrivals.ticket(queue.name)
            let visibility = Int64(wish.visibility ?? queue.settings.visibility) * 1000
            try store.checkInFlight(queue, at: now, database)
            let taken = try database.receive(
                wish.limit, from: queue, at: now, until: now + visibility)
            buried = taken.deadLetters
            return (messages: taken.messages, queue: queue, ticket: ticket)
        }
        store.noteInFlight(result.queue, result.messages.count)
        if let buried { arrivals.announce(buried.name) }
        return result
    }

    private func output(
        _ messages: [StoredMessage], of queue: StoredQueue, _ wish: Wish, at now: Int64
    ) throws -> JSON {
        guard !messages.isEmpty else { return .object([]) }
        return [
            "Messages": .array(
                try messages.map { .object(try members(of: $0, in: queue, wish, at: now)) })
        ]
    }

    private func members(
        of message: StoredMessage, in queue: StoredQueue, _ wish: Wish, at now: Int64
    ) throws -> [JSON.Member] {
        let handle = ReceiptHandle(
            queue: queue.id, message: message.number, reception: Int64(message.receives), time: now)
        var members: [JSON.Member] = [
            .init("MessageId", .string(message.id)),
            .init("ReceiptHandle", .string(handle.text(key: handleKey))),
            .init("MD5OfBody", .string(Self.checksum(message.body))),
            .init("Body", .string(message.body)),
        ]
        let wantsAll = wish.systemNames.contains("All")
        let system = message.systemAttributes.filter {
            wantsAll || wish.systemNames.contains($0.name)
        }
        if !system.isEmpty { members.append(.init("Attributes", .object(system))) }
        if !wish.attributeNames.isEmpty {
            let attributes = try MessageAttributes(stored: message.attributes)
                .filtered(by: wish.attributeNames)
            if !attributes.isEmpty {
                members.append(.init("MD5OfMessageAttributes", .string(attributes.checksum)))
                members.append(.init("MessageAttributes", attributes.json))
            }
        }
        return members
    }
}

extension StoredMessage {
    fileprivate var systemAttributes: [JSON.Member] {
        let all: KeyValuePairs<String, String?> = [
            "SenderId": sender, "SentTimestamp": String(sentAt),
            "ApproximateReceiveCount": String(receives),
            "ApproximateFirstReceiveTimestamp": firstReceivedAt.map { String($0) },
            "AWSTraceHeader": trace, "MessageGroupId": group, "DeadLetterQueueSourceArn": source,
        ]
        return all.compactMap { name, value in value.map { .init(name, .string($0)) } }
    }
}
