import Foundation
import FunctionRuntime

/// Redriving by hand: tasks that move messages out of a queue of dead letters.
extension QueueService {
    func startMove(_ input: QueueInput) throws -> JSON {
        let sourceARN = try input.required("SourceArn")
        let destination = try input.text("DestinationArn")
        let rate = try input.integer(
            "MaxNumberOfMessagesPerSecond", in: 1...500, "Must be between 1 and 500, if provided.")
        let now = clock.now
        let id = try store.write { database in
            let source = try Self.queue(sourceARN, "SourceArn", database)
            if let destination {
                _ = try Self.queue(destination, "DestinationArn", database)
            }
            guard try !database.queues(deadLettersTo: sourceARN, limit: 1).isEmpty else {
                throw QueueError.invalidParameter(
                    "Source queue must be configured as a Dead Letter Queue.")
            }
            let latest = try database.moveTasks(of: source, limit: 1).first
            guard latest?.status != .running else {
                throw QueueError.invalidParameter(
                    """
                    There is already a task running. Only one active task is allowed for a source \
                    queue arn at a given time.
                    """)
            }
            let total = try database.counts(of: source, at: now).visible
            return try database.insertMoveTask(
                from: source, to: destination, rate: rate, total: total, at: now)
        }
        clock.wake()
        return ["TaskHandle": .string(Self.handle(ofTask: id, sourceARN))]
    }

    func listMoves(_ input: QueueInput) throws -> JSON {
        let source = try input.required("SourceArn")
        let limit =
            try input.integer("MaxResults", in: 1...10, "Must be between 1 and 10, if provided.")
            ?? 1
        let tasks = try store.write { database in
            try database.moveTasks(
                of: Self.queue(source, "SourceArn", database), limit: limit)
        }
        return ["Results": .array(tasks.map { .object(Self.members(of: $0, source)) })]
    }

    func cancelMove(_ input: QueueInput) throws -> JSON {
        let handle = try input.required("TaskHandle")
        guard let data = Data(base64Encoded: handle), let json = try? JSON(parsing: [UInt8](data)),
            let id = json["taskId"]?.text.flatMap({ Int64($0) }),
            let source = json["sourceArn"]?.text
        else { throw QueueError.invalidParameter("Value for parameter TaskHandle is invalid.") }
        let task = try store.write { database in
            try database.cancelMoveTask(id, of: Self.queue(source, "SourceArn", database))
        }
        guard let task else { throw QueueError.noResource("Task does not exist.") }
        return ["ApproximateNumberOfMessagesMoved": .number(String(task.moved))]
    }

    private static func queue(
        _ arn: String, _ parameter: String, _ database: QueueStore.Transaction
    ) throws -> StoredQueue {
        guard arn.split(separator: ":", omittingEmptySubsequences: false).count == 6 else {
            throw QueueError.invalidParameter(
                """
                You must use this format to specify the \(parameter): \
                arn:<partition>:<service>:<region>:<account-id>:<resource-id>
                """)
        }
        guard let name = QueueAddress.name(inARN: arn), let queue = try database.queue(named: name)
        else {
            throw QueueError.noResource(
                "The resource that you specified for the \(parameter) parameter doesn't exist.")
        }
        return queue
    }

    private static func handle(ofTask id: Int64, _ source: String) -> String {
        let json: JSON = ["taskId": .string(String(id)), "sourceArn": .string(source)]
        return Data(json.bytes).base64EncodedString()
    }

    private static func members(of task: MoveTask, _ source: String) -> [JSON.Member] {
        var members: [JSON.Member] = [
            .init("Status", .string(task.status.rawValue)),
            .init("SourceArn", .string(source)),
            .init("ApproximateNumberOfMessagesMoved", .number(String(task.moved))),
            .init("ApproximateNumberOfMessagesToMove", .number(String(task.total))),
            .init("StartedTimestamp", .number(String(task.startedAt))),
        ]
        if let destination = task.destination {
            members.append(.init("DestinationArn", .string(destination)))
        }
        if let rate = task.rate {
            members.append(.init("MaxNumberOfMessagesPerSecond", .number(String(rate))))
        }
        if let reason = task.reason { members.append(.init("FailureReason", .string(reason))) }
        if task.status == .running {
            members.append(.init("TaskHandle", .string(handle(ofTask: task.id, source))))
        }
        return members
    }
}
