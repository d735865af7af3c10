public import FunctionRuntime

extension Queue {
    /// A message that was received, and comes back unless it is deleted in time.
    public struct Received: Sendable, Equatable {
        public var id: String
        /// What this delivery of it is deleted by.
        public var receipt: String
        public var body: String
        public var attributes: [String: Attribute]
        /// How often it was received, this time included.
        public var receiveCount: Int
        public var sentAt: Timestamp?
    }

    /// Receives up to ten messages, which nobody else gets for a while.
    ///
    /// - Parameters:
    ///   - limit: how many at most.
    ///   - waiting: how many seconds to wait for the first, up to 20.
    ///   - visibility: for how many seconds nobody else gets them; nil for the queue's own.
    /// - Returns: the messages; none where there are none.
    /// - Throws: ``ServiceError``.
    public func receive(
        _ limit: Int = 1, waiting: Int = 0, visibility: Int? = nil
    ) throws -> [Received] {
        var members: [JSON.Member] = [
            .init("MaxNumberOfMessages", .number(String(limit))),
            .init("WaitTimeSeconds", .number(String(waiting))),
            .init("MessageAttributeNames", ["All"]),
            .init("MessageSystemAttributeNames", ["All"]),
        ]
        if let visibility {
            members.append(.init("VisibilityTimeout", .number(String(visibility))))
        }
        let answer = try perform("ReceiveMessage", members, waiting: waiting)
        return try answer["Messages"].elements.map { message in
            let body = message["Body"]?.text ?? ""
            try check(message["MD5OfBody"], of: body, "ReceiveMessage")
            return Received(
                id: message["MessageId"]?.text ?? "",
                receipt: message["ReceiptHandle"]?.text ?? "",
                body: body,
                attributes: Dictionary(
                    message["MessageAttributes"].members.compactMap { member in
                        Attribute(member.value).map { (member.name, $0) }
                    }
                ) { $1 },
                receiveCount: message["Attributes"]?["ApproximateReceiveCount"].integer ?? 1,
                sentAt: (message["Attributes"]?["SentTimestamp"].integer)
                    .map { Timestamp(milliseconds: Int64($0)) })
        }
    }

    /// Deletes a message that is done.
    public func delete(_ message: Received) throws {
        _ = try perform(
            "DeleteMessage", [.init("ReceiptHandle", .string(message.receipt))])
    }

    /// Gives a received message another time until it comes back; 0 brings it back at once.
    public func changeVisibility(of message: Received, seconds: Int) throws {
        _ = try perform(
            "ChangeMessageVisibility",
            [
                .init("ReceiptHandle", .string(message.receipt)),
                .init("VisibilityTimeout", .number(String(seconds))),
            ])
    }

    /// The queue's attributes, such as `ApproximateNumberOfMessages`.
    public func attributes() throws -> [String: String] {
        let answer = try perform("GetQueueAttributes", [.init("AttributeNames", ["All"])])
        let pairs = answer["Attributes"].members.map { ($0.name, $0.value.text ?? "") }
        return Dictionary(pairs) { $1 }
    }

    /// Deletes every message.
    public func purge() throws {
        _ = try perform("PurgeQueue", [])
    }
}
