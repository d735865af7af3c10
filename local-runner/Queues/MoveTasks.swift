import Foundation
import FunctionRuntime
import GRDB

/// Moves messages out of a queue of dead letters: back to where each came from, or elsewhere.
///
/// A task is a row, so that it goes on after a restart, and is worked on by the clock: all at once,
/// or so many messages a second. What is moved is a new message there, with an id and an age of its
/// own, as SQS has it.
struct MoveTasks: Timed {
    let store: QueueStore
    let arrivals: Arrivals
    let clock: RunnerClock

    /// How many messages are moved in one transaction, where the task sets no rate.
    private static let batchSize = 500

    func nextDue() throws -> Int64? {
        try store.write { database in
            let statement = try database.cachedStatement(
                sql: "SELECT min(due_at) FROM move_task WHERE status = 'RUNNING'")
            return try Int64.fetchOne(statement)
        }
    }

    func fire(at time: Int64) async {
        while true {
            // A task that fails says so in its row; one that cannot be read has its turn later.
            guard let touched = try? store.write({ try Self.step($0, at: time) }) else { return }
            for queue in touched { arrivals.announce(queue) }
            if touched.isEmpty { return }
            await Task.yield()
        }
    }

    /// Does a part of each task that is due.
    ///
    /// - Returns: the names of the queues that have got messages.
    private static func step(_ database: Database, at time: Int64) throws -> Set<String> {
        let rows = try Row.fetchAll(
            database, sql: "SELECT * FROM move_task WHERE status = 'RUNNING' AND due_at <= ?",
            arguments: [time])
        var touched: Set<String> = []
        for task in rows.map(MoveTask.init) {
            var task = task
            do {
                touched.formUnion(try task.move(database, batchSize: batchSize, at: time))
            } catch let error as QueueError {
                task.status = .failed
                task.reason = error.code
            }
            try task.update(database)
        }
        return touched
    }
}

/// One of them.
struct MoveTask: Sendable {
    enum Status: String {
        case running = "RUNNING"
        case completed = "COMPLETED"
        case cancelled = "CANCELLED"
        case failed = "FAILED"
    }

    var id: Int64
    var source: Int64
    var destination: String?
    /// In messages a second.
    var rate: Int?
    var status: Status
    var startedAt: Int64
    var dueAt: Int64
    var total: Int
    var moved: Int
    var reason: String?

    init(_ row: Row) {
        id = row["id"]
        source = row["source"]
        destination = row["destination_arn"]
        rate = row["rate"]
        status = Status(rawValue: row["status"]) ?? .failed
        startedAt = row["started_at"]
        dueAt = row["due_at"]
        total = row["total"]
        moved = row["moved"]
        reason = row["reason"]
    }

    /// Moves some messages.
    ///
    /// - Returns: the names of the queues that have got them.
    /// - Throws: ``QueueError`` where a message has nowhere to go.
    fileprivate mutating func move(
        _ database: Database, batchSize: Int, at time: Int64
    ) throws -> Set<String> {
        guard let queue = try database.queue(source) else { throw QueueError.queueDoesNotExist }
        let limit = rate ?? batchSize
        let messages = try database.visible(limit, in: queue, at: time)
        var touched: Set<String> = []
        for message in messages {
            guard let arn = destination ?? message.source else {
                // Somebody has sent it here.
                throw QueueError.noMessageSource
            }
            let name = QueueAddress.name(inARN: arn) ?? ""
            let target = try database.existingQueue(name)
            try database.renew(message.number, in: target, at: time)
            touched.insert(name)
        }
        moved += messages.count
        if messages.count < limit { status = .completed }
        dueAt = rate == nil ? time : time + 1000
        return touched
    }

    fileprivate func update(_ database: Database) throws {
        try database.execute(
            sql: """
                UPDATE move_task SET status = ?, due_at = ?, moved = ?, reason = ? WHERE id = ?
                """,
            arguments: [status.rawValue, dueAt, moved, reason, id])
    }
}

extension Database {
    /// Makes a new message of an old one, in another queue.
    fileprivate func renew(_ number: Int64, in queue: StoredQueue, at time: Int64) throws {
        let statement = try cachedStatement(
            sql: """
                UPDATE message SET queue = ?, visible_at = ?, sent_at = ?, receives = 0,
                    first_received_at = NULL, source_arn = NULL, id = ?
                WHERE number = ?
                """)
        try statement.execute(
            arguments: [queue.id, time, time, UUID().uuidString.lowercased(), number])
    }

    func insertMoveTask(
        from queue: StoredQueue, to destination: String?, rate: Int?, total: Int, at time: Int64
    ) throws -> Int64 {
        try execute(
            sql: """
                INSERT INTO move_task
                    (source, destination_arn, rate, status, started_at, due_at, total)
                VALUES (?, ?, ?, 'RUNNING', ?, ?, ?)
                """,
            arguments: [queue.id, destination, rate, time, time, total])
        return lastInsertedRowID
    }

    /// The latest first.
    func moveTasks(of queue: StoredQueue, limit: Int) throws -> [MoveTask] {
        try Row.fetchAll(
            self, sql: "SELECT * FROM move_task WHERE source = ? ORDER BY id DESC LIMIT ?",
            arguments: [queue.id, limit]
        ).map(MoveTask.init)
    }

    /// Ends a task that runs; nil where there is none.
    func cancelMoveTask(_ id: Int64, of queue: StoredQueue) throws -> MoveTask? {
        guard
            var task = try Row.fetchOne(
                self,
                sql: "SELECT * FROM move_task WHERE id = ? AND source = ? AND status = 'RUNNING'",
                arguments: [id, queue.id]
            ).map(MoveTask.init)
        else { return nil }
        task.status = .cancelled
        try task.update(self)
        return task
    }
}
