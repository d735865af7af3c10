import Foundation
import FunctionRuntime
import GRDB

/// A message as it is stored.
struct StoredMessage: Sendable {
    var number: Int64
    var id: String
    var body: String
    /// As JSON; nil where it has none.
    var attributes: String?
    var sender: String
    var trace: String?
    var group: String?
    /// The queue that gave it up.
    var source: String?
    var sentAt: Int64
    /// This time included, once it has been received.
    var receives: Int
    var firstReceivedAt: Int64?

    fileprivate init(_ row: Row) {
        number = row["number"]
        id = row["id"]
        body = row["body"]
        attributes = row["attributes"]
        sender = row["sender"]
        trace = row["trace"]
        group = row["message_group"]
        source = row["source_arn"]
        sentAt = row["sent_at"]
        receives = row["receives"]
        firstReceivedAt = row["first_received_at"]
    }
}

/// A message to be stored.
struct NewMessage: Sendable {
    let id = UUID().uuidString.lowercased()
    var body: String
    var attributes = MessageAttributes.none
    var systemAttributes = MessageAttributes.none
    var group: String?
    /// In seconds; the queue's own where it is nil.
    var delay: Int?

    var size: Int { body.utf8.count + attributes.size }
}

/// How many messages a queue has.
struct MessageCounts: Sendable, Equatable {
    var visible = 0
    var inFlight = 0
    var delayed = 0
}

extension Database {
    func insert(
        _ message: NewMessage, into queue: StoredQueue, from sender: String, at time: Int64
    ) throws {
        let statement = try cachedStatement(
            sql: """
                INSERT INTO message
                    (queue, visible_at, sent_at, id, sender, trace, message_group, attributes, body)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        let delay = Int64(message.delay ?? queue.settings.delay) * 1000
        try statement.execute(
            arguments: [
                queue.id, time + delay, time, message.id, sender,
                message.systemAttributes["AWSTraceHeader"], message.group,
                message.attributes.isEmpty
                    ? nil : String(decoding: message.attributes.json.bytes, as: UTF8.self),
                message.body,
            ])
    }

    /// Takes the longest waiting messages, and hides them for a while.
    ///
    /// What has been received too often goes to the dead letters instead, and what is too old goes
    /// altogether.
    ///
    /// - Parameters:
    ///   - limit: how many to take at most.
    ///   - queue: whose they are.
    ///   - time: now.
    ///   - visibleAt: when they can be received again.
    /// - Returns: them, and the queue of the dead letters if it has got some.
    /// - Throws: where the database cannot be read or written.
    func receive(
        _ limit: Int, from queue: StoredQueue, at time: Int64, until visibleAt: Int64
    ) throws -> (messages: [StoredMessage], deadLetters: StoredQueue?) {
        let deadLetters = try queue.settings.redrive.flatMap { policy in
            try QueueAddress.name(inARN: policy.target).flatMap(self.queue(named:))
        }
        let maxReceives = deadLetters == nil ? Int.max : queue.settings.redrive?.maxReceives ?? .max
        var taken: [StoredMessage] = []
        var hasMoved = false
        while taken.count < limit {
            let rows = try visible(limit - taken.count, in: queue, at: time)
            if rows.isEmpty { break }
            for var message in rows {
                if message.sentAt + Int64(queue.settings.retention) * 1000 <= time {
                    try delete(message.number, from: queue.id)
                } else if message.receives >= maxReceives, let deadLetters {
                    try bury(message, of: queue, in: deadLetters, at: time)
                    hasMoved = true
                } else {
                    try hide(&message, at: time, until: visibleAt)
                    taken.append(message)
                }
            }
            // With no time to be hidden, what was taken is there again.
            if visibleAt <= time { break }
        }
        return (taken, hasMoved ? deadLetters : nil)
    }

    func visible(
        _ limit: Int, in queue: StoredQueue, at time: Int64
    ) throws -> [StoredMessage] {
        let statement = try cachedStatement(
            sql: """
                SELECT number, id, body, attributes, sender, trace, message_group, source_arn,
                    sent_at, receives, first_received_at
                FROM message WHERE queue = ? AND visible_at <= ?
                ORDER BY visible_at, receives, sent_at, number LIMIT ?
                """)
        return try Row.fetchAll(statement, arguments: [queue.id, time, limit])
            .map(StoredMessage.init)
    }

    private func hide(
        _ message: inout StoredMessage, at time: Int64, until visibleAt: Int64
    ) throws {
        message.receives += 1
        message.firstReceivedAt = message.firstReceivedAt ?? time
        let statement = try cachedStatement(
            sql: """
                UPDATE message SET visible_at = ?, receives = ?, first_received_at = ?
                WHERE number = ?
                """)
        try statement.execute(
            arguments: [visibleAt, message.receives, message.firstReceivedAt, message.number])
    }

    private func bury(
        _ message: StoredMessage, of queue: StoredQueue, in deadLetters: StoredQueue,
        at time: Int64
    ) throws {
        let statement = try cachedStatement(
            sql: "UPDATE message SET queue = ?, visible_at = ?, source_arn = ? WHERE number = ?")
        try statement.execute(
            arguments: [deadLetters.id, time, queue.arn, message.number])
    }

    /// - Returns: whether it was there.
    @discardableResult
    func delete(_ number: Int64, from queue: Int64) throws -> Bool {
        let statement = try cachedStatement(
            sql: "DELETE FROM message WHERE number = ? AND queue = ?")
        try statement.execute(arguments: [number, queue])
        return changesCount > 0
    }

    /// Whether a message is in flight; nil where it is gone.
    func isInFlight(_ number: Int64, in queue: Int64, at time: Int64) throws -> Bool? {
        let statement = try cachedStatement(
            sql: """
                SELECT visible_at > ? AND receives > 0 FROM message WHERE number = ? AND queue = ?
                """)
        return try Bool.fetchOne(statement, arguments: [time, number, queue])
    }

    func show(_ number: Int64, of queue: Int64, from visibleAt: Int64) throws {
        let statement = try cachedStatement(
            sql: "UPDATE message SET visible_at = ? WHERE number = ? AND queue = ?")
        try statement.execute(arguments: [visibleAt, number, queue])
    }

    /// When a message of a queue can be received next; nil where it has none.
    func firstVisible(in queue: String) throws -> Int64? {
        let statement = try cachedStatement(
            sql: """
                SELECT min(visible_at) FROM message
                WHERE queue = (SELECT id FROM queue WHERE name = ?)
                """)
        return try Int64.fetchOne(statement, arguments: [queue])
    }

    func counts(of queue: StoredQueue, at time: Int64) throws -> MessageCounts {
        let statement = try cachedStatement(
            sql: """
                SELECT count(*) FILTER (WHERE visible_at <= ?1),
                    count(*) FILTER (WHERE visible_at > ?1 AND receives > 0),
                    count(*) FILTER (WHERE visible_at > ?1 AND receives = 0)
                FROM message WHERE queue = ?2 AND sent_at > ?3
                """)
        let oldest = time - Int64(queue.settings.retention) * 1000
        guard let row = try Row.fetchOne(statement, arguments: [time, queue.id, oldest]) else {
            return MessageCounts()
        }
        return MessageCounts(visible: row[0], inFlight: row[1], delayed: row[2])
    }

    /// Deletes what no queue keeps any longer.
    func deleteExpired(at time: Int64) throws {
        try execute(
            sql: """
                DELETE FROM message WHERE number IN (
                    SELECT number FROM message JOIN queue ON queue.id = message.queue
                    WHERE sent_at <= ? - retention * 1000)
                """,
            arguments: [time])
    }
}
