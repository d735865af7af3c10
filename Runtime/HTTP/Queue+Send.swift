internal import FunctionRuntime

extension Queue {
    /// A value beside a message's body.
    public enum Attribute: Sendable, Equatable {
        case string(String)
        /// In decimal digits.
        case number(String)
        case binary([UInt8])
    }

    /// A message to be sent.
    public struct Outgoing: Sendable, Equatable {
        /// Up to 1 MiB of text, attributes included.
        public var body: String
        /// Seconds until it can be received, up to 900; nil for the queue's own.
        public var delay: Int?
        public var attributes: [String: Attribute]

        public init(_ body: String, delay: Int? = nil, attributes: [String: Attribute] = [:]) {
            self.body = body
            self.delay = delay
            self.attributes = attributes
        }

        var members: [JSON.Member] {
            var members: [JSON.Member] = [.init("MessageBody", .string(body))]
            if let delay { members.append(.init("DelaySeconds", .number(String(delay)))) }
            if !attributes.isEmpty {
                let list = attributes.sorted { $0.key < $1.key }
                members.append(
                    .init(
                        "MessageAttributes",
                        .object(list.map { .init($0.key, $0.value.json) })))
            }
            return members
        }
    }

    /// Sends a message.
    ///
    /// - Parameters:
    ///   - body: up to 1 MiB of text.
    ///   - delay: seconds until it can be received, up to 900; nil for the queue's own.
    ///   - attributes: up to 10 values beside it.
    /// - Returns: its id.
    /// - Throws: ``ServiceError``.
    @discardableResult
    public func send(
        _ body: String, delay: Int? = nil, attributes: [String: Attribute] = [:]
    ) throws -> String {
        let message = Outgoing(body, delay: delay, attributes: attributes)
        let answer = try perform("SendMessage", message.members)
        try check(answer["MD5OfMessageBody"], of: body, "SendMessage")
        return answer["MessageId"]?.text ?? ""
    }

    /// Sends a value as JSON.
    ///
    /// - Returns: the message's id.
    @discardableResult
    public func send(
        json value: some Encodable, delay: Int? = nil, attributes: [String: Attribute] = [:]
    ) throws -> String {
        let body = String(decoding: try JSON(encoding: value).bytes, as: UTF8.self)
        return try send(body, delay: delay, attributes: attributes)
    }

    /// What became of messages that were sent together.
    public struct Batch: Sendable, Equatable {
        /// One that was not taken.
        public struct Failed: Sendable, Equatable {
            /// Its place among those that were to be sent.
            public var index: Int
            public var code: String
            public var message: String
            /// Whether it would be refused again.
            public var isSenderFault: Bool
        }

        /// The ids, nil for those that were not taken.
        public var ids: [String?]
        public var failed: [Failed]
    }

    /// Sends messages, ten a request; some may be taken and others not.
    ///
    /// - Parameter messages: any number; what a request carries must stay within 1 MiB.
    /// - Returns: what became of each.
    /// - Throws: ``ServiceError`` where a request as a whole is refused: what came before it is sent.
    public func send(_ messages: [Outgoing]) throws -> Batch {
        var batch = Batch(ids: Array(repeating: nil, count: messages.count), failed: [])
        for start in stride(from: 0, to: messages.count, by: 10) {
            let places = start..<min(start + 10, messages.count)
            let entries = places.map { place in
                JSON.object([.init("Id", .string(String(place)))] + messages[place].members)
            }
            let answer = try perform("SendMessageBatch", [.init("Entries", .array(entries))])
            for entry in answer["Successful"].elements {
                let place = try self.place(of: entry, within: places)
                try check(entry["MD5OfMessageBody"], of: messages[place].body, "SendMessageBatch")
                batch.ids[place] = entry["MessageId"]?.text
            }
            for entry in answer["Failed"].elements {
                batch.failed.append(
                    .init(
                        index: try place(of: entry, within: places),
                        code: entry["Code"]?.text ?? "", message: entry["Message"]?.text ?? "",
                        isSenderFault: entry["SenderFault"] == .bool(true)))
            }
        }
        return batch
    }

    private func place(of entry: JSON, within places: Range<Int>) throws -> Int {
        guard let place = entry["Id"]?.text.flatMap({ Int($0) }), places.contains(place) else {
            throw fault("SendMessageBatch", "The answer names an entry that was not sent.")
        }
        return place
    }
}

extension Queue.Attribute {
    var json: JSON {
        switch self {
        case .string(let text): ["DataType": "String", "StringValue": .string(text)]
        case .number(let text): ["DataType": "Number", "StringValue": .string(text)]
        case .binary(let bytes):
            ["DataType": "Binary", "BinaryValue": .string(Base64.encode(bytes))]
        }
    }

    /// Reads what SQS answers; a custom type counts as the one that it is built on.
    init?(_ json: JSON) {
        let type = json["DataType"]?.text ?? ""
        if type.hasPrefix("Binary") {
            guard let bytes = json["BinaryValue"]?.text.flatMap({ Base64.decode($0) }) else {
                return nil
            }
            self = .binary(bytes)
        } else {
            guard let text = json["StringValue"]?.text else { return nil }
            self = type.hasPrefix("Number") ? .number(text) : .string(text)
        }
    }
}

extension JSON? {
    /// The values of an array; none for anything else.
    var elements: [JSON] {
        guard case .array(let values)? = self else { return [] }
        return values
    }

    /// The members of an object; none for anything else.
    var members: [JSON.Member] {
        guard case .object(let members)? = self else { return [] }
        return members
    }

    /// A whole number, as JSON's or in a string.
    var integer: Int? {
        switch self {
        case .number(let text)?, .string(let text)?: Int(text)
        default: nil
        }
    }
}
