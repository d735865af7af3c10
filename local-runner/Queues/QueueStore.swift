import GRDB
import Synchronization

/// The queues and their messages, in `queues.sqlite`.
///
/// A message is one row from its arrival to its deletion. `visible_at` alone decides whether it can
/// be received: being delayed and being in flight are times ahead, and nothing has to happen when
/// they have come. The index in that order gives the longest waiting of one queue without a look at
/// another. `receives` tells both apart, and counts towards the dead letters.
///
/// Each call is one transaction, and is durable once it returns.
final class QueueStore: Sendable {
    let database: DatabaseQueue
    /// An upper bound of how many messages of a queue are in flight; counted anew where it matters.
    let inFlight = Mutex<[Int64: Int]>([:])

    typealias Transaction = Database

    /// How many messages of a queue may be in flight.
    static let inFlightLimit = 120_000

    static let migrations: KeyValuePairs = [
        "queues": """
        CREATE TABLE queue (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL UNIQUE,
            created_at INTEGER NOT NULL,
            modified_at INTEGER NOT NULL,
            purged_at INTEGER,
            delay INTEGER NOT NULL,
            maximum_size INTEGER NOT NULL,
            retention INTEGER NOT NULL,
            wait INTEGER NOT NULL,
            visibility INTEGER NOT NULL,
            dead_letter_arn TEXT,
            max_receives INTEGER,
            redrive_allow TEXT
        );
        CREATE TABLE message (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            queue INTEGER NOT NULL REFERENCES queue ON DELETE CASCADE,
            visible_at INTEGER NOT NULL,
            receives INTEGER NOT NULL DEFAULT 0,
            sent_at INTEGER NOT NULL,
            first_received_at INTEGER,
            id TEXT NOT NULL,
            sender TEXT NOT NULL,
            trace TEXT,
            message_group TEXT,
            source_arn TEXT,
            attributes TEXT,
            body TEXT NOT NULL
        );
        CREATE INDEX message_by_visibility ON message (queue, visible_at, receives, sent_at);
        CREATE TABLE move_task (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            source INTEGER NOT NULL REFERENCES queue ON DELETE CASCADE,
            destination_arn TEXT,
            rate INTEGER,
            status TEXT NOT NULL,
            started_at INTEGER NOT NULL,
            due_at INTEGER NOT NULL,
            total INTEGER NOT NULL,
            moved INTEGER NOT NULL DEFAULT 0,
            reason TEXT
        );
        """
    ]

    init(in state: StateFolder) throws {
        database = try SQLiteStore.open(
            "queues.sqlite", in: state, migrations: Self.migrations)
    }

    /// Runs a transaction.
    func write<Value>(_ body: (Transaction) throws -> Value) throws -> Value {
        try database.write(body)
    }
}

extension QueueStore {
    /// Sees to it that a queue has not too many messages in flight.
    ///
    /// What has been received since the last count is an upper bound; so there is a count only
    /// once in so many receptions.
    func checkInFlight(_ queue: StoredQueue, at time: Int64, _ database: Transaction) throws {
        let bound = inFlight.withLock { $0[queue.id] }
        if let bound, bound < Self.inFlightLimit { return }
        let count = try database.counts(of: queue, at: time).inFlight
        inFlight.withLock { $0[queue.id] = count }
        guard count < Self.inFlightLimit else { throw QueueError.overLimit }
    }

    func noteInFlight(_ queue: StoredQueue, _ count: Int) {
        inFlight.withLock { $0[queue.id, default: 0] += count }
    }
}

/// A queue.
struct StoredQueue: Sendable {
    var id: Int64
    var name: String
    /// In epoch milliseconds, as all times here.
    var createdAt: Int64
    var modifiedAt: Int64
    var purgedAt: Int64?
    var settings: QueueSettings

    var arn: String { QueueAddress.arn(of: name) }

    fileprivate init(_ row: Row) {
        id = row["id"]
        name = row["name"]
        createdAt = row["created_at"]
        modifiedAt = row["modified_at"]
        purgedAt = row["purged_at"]
        settings = QueueSettings(
            delay: row["delay"], maximumSize: row["maximum_size"], retention: row["retention"],
            wait: row["wait"], visibility: row["visibility"], redriveAllow: row["redrive_allow"])
        if let target: String = row["dead_letter_arn"] {
            settings.redrive = RedrivePolicy(target: target, maxReceives: row["max_receives"])
        }
    }
}

extension Database {
    func queue(named name: String) throws -> StoredQueue? {
        let statement = try cachedStatement(sql: "SELECT * FROM queue WHERE name = ?")
        return try Row.fetchOne(statement, arguments: [name]).map(StoredQueue.init)
    }

    /// The queue of a name.
    ///
    /// - Throws: ``QueueError`` where there is none.
    func existingQueue(_ name: String) throws -> StoredQueue {
        guard let queue = try queue(named: name) else { throw QueueError.queueDoesNotExist }
        return queue
    }

    func queue(_ id: Int64) throws -> StoredQueue? {
        let statement = try cachedStatement(sql: "SELECT * FROM queue WHERE id = ?")
        return try Row.fetchOne(statement, arguments: [id]).map(StoredQueue.init)
    }

    /// Names in order, from after one on.
    func queues(prefix: String, after: String, limit: Int) throws -> [StoredQueue] {
        try Row.fetchAll(
            self,
            sql: """
                SELECT * FROM queue WHERE substr(name, 1, ?) = ? AND name > ?
                ORDER BY name LIMIT ?
                """,
            arguments: [prefix.count, prefix, after, limit]
        ).map(StoredQueue.init)
    }

    func queues(deadLettersTo arn: String, after: String = "", limit: Int) throws -> [StoredQueue] {
        try Row.fetchAll(
            self,
            sql: """
                SELECT * FROM queue WHERE dead_letter_arn = ? AND name > ? ORDER BY name LIMIT ?
                """,
            arguments: [arn, after, limit]
        ).map(StoredQueue.init)
    }

    func insertQueue(_ name: String, _ settings: QueueSettings, at time: Int64) throws {
        try execute(
            sql: """
                INSERT INTO queue (name, created_at, modified_at, delay, maximum_size, retention,
                    wait, visibility, dead_letter_arn, max_receives, redrive_allow)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [name, time, time] + Self.arguments(settings))
    }

    func updateQueue(_ queue: StoredQueue, to settings: QueueSettings, at time: Int64) throws {
        try execute(
            sql: """
                UPDATE queue SET modified_at = ?, delay = ?, maximum_size = ?, retention = ?,
                    wait = ?, visibility = ?, dead_letter_arn = ?, max_receives = ?,
                    redrive_allow = ?
                WHERE id = ?
                """,
            arguments: [time] + Self.arguments(settings) + [queue.id])
    }

    private static func arguments(_ settings: QueueSettings) -> StatementArguments {
        [
            settings.delay, settings.maximumSize, settings.retention, settings.wait,
            settings.visibility, settings.redrive?.target, settings.redrive?.maxReceives,
            settings.redriveAllow,
        ]
    }

    func deleteQueue(_ queue: StoredQueue) throws {
        try execute(sql: "DELETE FROM message WHERE queue = ?", arguments: [queue.id])
        try execute(sql: "DELETE FROM queue WHERE id = ?", arguments: [queue.id])
    }

    func purgeQueue(_ queue: StoredQueue, at time: Int64) throws {
        try execute(sql: "DELETE FROM message WHERE queue = ?", arguments: [queue.id])
        try execute(
            sql: "UPDATE queue SET purged_at = ? WHERE id = ?", arguments: [time, queue.id])
    }
}
