/// A function that is given the messages of a queue.
///
/// ```swift
/// import FunctionRuntime
///
/// /// Sends the mails that other functions have asked for.
/// @main
/// struct SendMails: QueueFunction {
///     static let queue = QueueTrigger("mails", batchSize: 5)
///
///     func handle(_ messages: [Message]) throws -> [Message.ID] {
///         messages.filter { !send($0) }.map(\.id)
///     }
/// }
/// ```
///
/// A message is delivered at least once. What it names as failed is delivered again; where it
/// throws, crashes or takes too long, so is the whole batch. A message that has been received
/// ``QueueTrigger/maxReceives`` times without success goes to the queue of dead letters.
public protocol QueueFunction: Invocable {
    /// Which messages it is given.
    static var queue: QueueTrigger { get }

    /// Works on a batch.
    ///
    /// - Parameter messages: one or more, the longest waiting first.
    /// - Returns: the ids of those that failed, and are to be delivered again.
    /// - Throws: where the whole batch failed.
    func handle(_ messages: [Message]) throws -> [Message.ID]
}

/// The queue that a function works on, and how it is given its messages.
public struct QueueTrigger: Sendable, Equatable {
    /// As ``Binding``s name it.
    public var name: String
    /// How many messages a batch holds at most, 1 to 10.
    public var batchSize: Int
    /// After so many receptions without success a message is a dead letter.
    public var maxReceives: Int
    /// After so many seconds a message that failed is delivered again.
    public var retryDelay: Int

    public init(_ name: String, batchSize: Int = 10, maxReceives: Int = 5, retryDelay: Int = 0) {
        self.name = name
        self.batchSize = batchSize
        self.maxReceives = maxReceives
        self.retryDelay = retryDelay
    }
}

/// A message of a queue.
public struct Message: Sendable {
    public typealias ID = String

    public var id: ID
    public var body: String
    /// By name; the values of binary attributes are in base64.
    public var attributes: [String: String] = [:]
    /// How many times it has been received, this time included.
    ///
    /// Above 1 it may have been worked on before.
    public var receiveCount: Int
    public var sentAt: Timestamp

    /// The body as JSON, decoded into a type.
    ///
    /// - Throws: ``JSONError`` where it is not JSON, ``Failure`` with one entry a field that breaks
    ///   its constraint.
    public func json<Value: Decodable>(as type: Value.Type = Value.self) throws -> Value {
        try JSON(parsing: body).decode()
    }
}

extension QueueFunction {
    public static var trigger: Trigger { .queue(queue) }

    public func run(_ invocation: Invocation) -> Outcome {
        guard case .messages(let messages) = invocation else {
            return refuse(invocation, wants: "messages of the queue \(Self.queue.name)")
        }
        return outcome(of: Log.requestID) {
            Outcome(response: .noContent, failed: try handle(messages))
        }
    }
}
