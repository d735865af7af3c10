import FunctionRuntime
import Glibc
import TestSupport

@testable import FunctionHTTP
@testable import LocalRunner

/// What the service answers to a request.
struct Reply {
    var status: Int
    var body: JSON
    var headers: Headers

    /// The type of an error without its namespace, and the code that SDKs show.
    var refusal: String {
        let type = body["__type"]?.text?.split(separator: "#").last ?? ""
        let code = headers["x-amzn-query-error"]?.split(separator: ";").first ?? ""
        return "\(status) \(type) \(code)"
    }

    var message: String { body["message"]?.text ?? "" }
}

/// Whoever asks for queues' operations.
protocol QueueClient: Sendable {
    var port: Int { get }
    var credentials: Credentials { get }
    /// When requests are signed, in epoch milliseconds.
    var now: Int64 { get }
}

/// A client of a runner in another process.
struct RemoteClient: QueueClient {
    var port: Int
    var credentials: Credentials
    /// How far the runner's clock is ahead, in milliseconds.
    var ahead: Int64 = 0

    var now: Int64 { RunnerClock(offset: ahead).now }
}

extension QueueClient {
    /// Sends one signed request.
    func ask(_ operation: String, _ members: JSON) throws -> Reply {
        try ask(operation, bytes: members.bytes)
    }

    /// Sends one request that is signed at a time, in epoch milliseconds; now unless given.
    func ask(_ operation: String, bytes: [UInt8], at time: Int64? = nil) throws -> Reply {
        let account = AWSAccount(
            region: "us-east-1", accessKeyID: credentials.accessKeyID,
            secretAccessKey: Secret(credentials.secretAccessKey))
        return try ask(operation, bytes: bytes, as: account, at: time)
    }

    func ask(
        _ operation: String, bytes: [UInt8], as account: AWSAccount?, at time: Int64? = nil
    ) throws -> Reply {
        var request = HTTP.Request(
            "POST", "http://127.0.0.1:\(port)/",
            headers: [
                "content-type": "application/x-amz-json-1.0",
                "x-amz-target": "AmazonSQS.\(operation)",
            ], body: .bytes(bytes))
        request.timeout = .seconds(60)
        if let account {
            SigV4(account: account, service: "sqs").sign(
                &request, .signed(bytes), at: Timestamp(milliseconds: time ?? now))
        }
        let response = try HTTP().send(request)
        return Reply(
            status: response.status, body: try JSON(parsing: response.body),
            headers: response.headers)
    }

    /// Asks for what must go well.
    @discardableResult
    func perform(_ operation: String, _ members: JSON) throws -> JSON {
        let reply = try ask(operation, members)
        guard reply.status == 200 else {
            throw TestError("\(operation): \(reply.refusal) \(reply.message)")
        }
        return reply.body
    }

    func url(of queue: String) -> String {
        QueueAddress.url(of: queue, host: "127.0.0.1:\(port)")
    }

    func createQueue(_ name: String, _ attributes: [JSON.Member] = []) throws -> String {
        let answer = try perform(
            "CreateQueue", ["QueueName": .string(name), "Attributes": .object(attributes)])
        return answer["QueueUrl"]?.text ?? ""
    }

    func send(_ body: String, to url: String, delay: Int? = nil) throws {
        var members: [JSON.Member] = [
            .init("QueueUrl", .string(url)), .init("MessageBody", .string(body)),
        ]
        if let delay { members.append(.init("DelaySeconds", .number(String(delay)))) }
        try perform("SendMessage", .object(members))
    }

    func receive(
        from url: String, _ limit: Int = 10, _ more: [JSON.Member] = []
    ) throws -> [JSON] {
        let members: [JSON.Member] = [
            .init("QueueUrl", .string(url)),
            .init("MaxNumberOfMessages", .number(String(limit))),
            .init("MessageSystemAttributeNames", ["All"]),
        ]
        guard
            case .array(let messages)? =
                try perform("ReceiveMessage", .object(members + more))["Messages"]
        else { return [] }
        return messages
    }

    func attribute(_ name: String, of url: String) throws -> String? {
        let answer = try perform(
            "GetQueueAttributes", ["QueueUrl": .string(url), "AttributeNames": ["All"]])
        return answer["Attributes"]?[name]?.text
    }

    /// How many messages are visible, in flight, and delayed.
    func counts(of url: String) throws -> [String?] {
        try ["", "NotVisible", "Delayed"].map {
            try attribute("ApproximateNumberOfMessages\($0)", of: url)
        }
    }
}

extension JSON {
    var bodyText: String { self["Body"]?.text ?? "" }
    var handle: JSON { self["ReceiptHandle"] ?? .null }
    var receiveCount: String? { self["Attributes"]?["ApproximateReceiveCount"]?.text }
}
