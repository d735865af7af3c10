import FunctionCrypto
import FunctionRuntime

/// What a function of Lambda is handed when a schedule or a queue triggers it.
///
/// It is made of the envelope of stdin-JSON that other functions get.
enum TriggerEvent {
    private static let account = "000000000000"
    private static let region = "us-east-1"

    /// - Parameters:
    ///   - envelope: with `schedule`, or with `messages`.
    ///   - function: as Lambda names it, such as `brainstorm-SendMails`.
    ///   - id: of the invocation.
    ///   - time: now, in epoch milliseconds.
    /// - Returns: EventBridge's event, or SQS's.
    static func json(of envelope: JSON, for function: String, id: String, time: Int64) -> JSON {
        if case .array(let messages)? = envelope["messages"] {
            return ["Records": .array(messages.map { record($0, for: function, time: time) })]
        }
        return scheduled(for: function, id: id, time: time)
    }

    private static func scheduled(for function: String, id: String, time: Int64) -> JSON {
        // Whole seconds, as EventBridge has them.
        let seconds = Timestamp(milliseconds: time).description.prefix(19)
        return [
            "version": "0", "id": .string(id), "detail-type": "Scheduled Event",
            "source": "aws.events", "account": .string(account), "time": .string(seconds + "Z"),
            "region": .string(region),
            "resources": [.string("arn:aws:events:\(region):\(account):rule/\(function)")],
            "detail": [:],
        ]
    }

    private static func record(_ message: JSON, for function: String, time: Int64) -> JSON {
        let body = message["body"]?.text ?? ""
        let sentAt = number(message["sentAt"]) ?? String(time)
        return [
            "messageId": message["id"] ?? "",
            "receiptHandle": .string("local-\(message["id"]?.text ?? "")"),
            "body": .string(body),
            "attributes": [
                "ApproximateReceiveCount": .string(number(message["receiveCount"]) ?? "1"),
                "SentTimestamp": .string(sentAt), "SenderId": .string(account),
                "ApproximateFirstReceiveTimestamp": .string(String(time)),
            ],
            "messageAttributes": .object(attributes(of: message)),
            "md5OfBody": .string(Hex.encode(Hash.md5.digest(of: Array(body.utf8)))),
            "eventSource": "aws:sqs",
            "eventSourceARN": .string("arn:aws:sqs:\(region):\(account):\(function)"),
            "awsRegion": .string(region),
        ]
    }

    private static func attributes(of message: JSON) -> [JSON.Member] {
        guard case .object(let attributes)? = message["attributes"] else { return [] }
        return attributes.map { attribute in
            .init(
                attribute.name,
                [
                    "stringValue": attribute.value, "stringListValues": [],
                    "binaryListValues": [], "dataType": "String",
                ])
        }
    }

    private static func number(_ value: JSON?) -> String? {
        guard case .number(let text)? = value else { return nil }
        return text
    }
}

extension TriggerEvent {
    /// The ids that a function of a queue wants to have again.
    ///
    /// - Returns: none where the answer is empty or names none; nil where it is not such an answer,
    ///   so that all are delivered again, as Lambda has it.
    static func failures(in payload: [UInt8]) -> [String]? {
        guard !payload.isEmpty else { return [] }
        guard let json = try? JSON(parsing: payload) else { return nil }
        switch json["batchItemFailures"] {
        case nil, .null?: return []
        case .array(let items)?:
            let ids = items.compactMap { $0["itemIdentifier"]?.text }
            return ids.count == items.count && !ids.contains("") ? ids : nil
        default: return nil
        }
    }
}
