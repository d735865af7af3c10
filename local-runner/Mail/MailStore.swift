import Foundation
import FunctionRuntime
import GRDB

/// A message that was accepted.
struct StoredMail: Sendable {
    var id: String
    /// In epoch milliseconds.
    var createdAt: Int64
    /// What happened to it last: `delivered`, `scheduled`, `canceled`.
    var lastEvent: String
    /// In epoch milliseconds; nil where it was sent at once.
    var scheduledAt: Int64?
    /// What was sent, attachments aside.
    var document: JSON
}

/// A file of a message that was accepted.
struct StoredAttachment: Sendable {
    var id: String
    var filename: String?
    var contentType: String
    var contentID: String?
    var size: Int
}

/// All messages, in a database of the state folder that nothing leaves for anywhere.
struct MailStore: Sendable {
    let database: DatabaseQueue

    init(in state: StateFolder) throws {
        database = try SQLiteStore.open(
            "mail.sqlite", in: state,
            migrations: [
                "tables": """
                CREATE TABLE email (
                    number INTEGER PRIMARY KEY AUTOINCREMENT,
                    id TEXT NOT NULL UNIQUE,
                    created_at INTEGER NOT NULL,
                    last_event TEXT NOT NULL,
                    scheduled_at INTEGER,
                    document TEXT NOT NULL
                );
                CREATE INDEX email_scheduled ON email (scheduled_at)
                    WHERE last_event = 'scheduled';
                CREATE TABLE attachment (
                    id TEXT PRIMARY KEY,
                    email TEXT NOT NULL REFERENCES email (id) ON DELETE CASCADE,
                    position INTEGER NOT NULL,
                    filename TEXT,
                    content_type TEXT NOT NULL,
                    content_id TEXT,
                    content BLOB NOT NULL
                );
                CREATE INDEX attachment_email ON attachment (email, position);
                CREATE TABLE idempotency (
                    key TEXT PRIMARY KEY,
                    created_at INTEGER NOT NULL,
                    request BLOB NOT NULL,
                    response TEXT NOT NULL
                );
                """
            ])
    }

    /// Keeps messages, all or none of them, with the answer to be given again for the key.
    ///
    /// - Parameters:
    ///   - messages: in the order of their ids.
    ///   - now: in epoch milliseconds.
    ///   - key: what tells a repetition of the request, if the client cares.
    ///   - response: makes the answer of the ids.
    /// - Returns: the answer.
    /// - Throws: what SQLite refuses.
    func add(
        _ messages: [MailMessage], at now: Int64, key: IdempotencyKey?,
        response: ([String]) -> JSON
    ) throws -> JSON {
        try database.write { database in
            let ids = try messages.map { try Self.add($0, at: now, database) }
            let answer = response(ids)
            if let key {
                try database.execute(
                    sql: """
                        INSERT OR REPLACE INTO idempotency (key, created_at, request, response)
                        VALUES (?, ?, ?, ?)
                        """,
                    arguments: [
                        key.key, now, Data(key.request),
                        String(decoding: answer.bytes, as: UTF8.self),
                    ])
            }
            return answer
        }
    }

    private static func add(
        _ message: MailMessage, at now: Int64, _ database: Database
    ) throws -> String {
        let id = UUID().uuidString.lowercased()
        try database.execute(
            sql: """
                INSERT INTO email (id, created_at, last_event, scheduled_at, document)
                VALUES (?, ?, ?, ?, ?)
                """,
            arguments: [
                id, now, message.event, message.sendingTime,
                String(decoding: message.document.bytes, as: UTF8.self),
            ])
        for (position, attachment) in message.attachments.enumerated() {
            try database.execute(
                sql: """
                    INSERT INTO attachment
                        (id, email, position, filename, content_type, content_id, content)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    UUID().uuidString.lowercased(), id, position, attachment.filename,
                    attachment.contentType, attachment.contentID, attachment.content,
                ])
        }
        return id
    }

    func email(_ id: String) throws -> StoredMail? {
        try database.read { database in
            try Row.fetchOne(
                database, sql: "SELECT * FROM email WHERE id = ?", arguments: [id]
            ).map(Self.mail)
        }
    }

    /// A part of all messages, the newest first.
    ///
    /// - Parameters:
    ///   - limit: how many at most.
    ///   - cursor: the message that the part lies behind, or before, and is not in it; nil for the
    ///     newest.
    /// - Returns: the part, and whether there are more on its far side; nil where there is no such
    ///   message.
    /// - Throws: what SQLite refuses.
    func emails(
        limit: Int, from cursor: MailCursor?
    ) throws -> (emails: [StoredMail], hasMore: Bool)? {
        try database.read { database in
            var condition = ""
            var arguments: StatementArguments = []
            if let cursor {
                let number = try Int64.fetchOne(
                    database, sql: "SELECT number FROM email WHERE id = ?", arguments: [cursor.id])
                guard let number else { return nil }
                condition = "WHERE number \(cursor.isBefore ? ">" : "<") ?"
                arguments = [number]
            }
            arguments += [limit + 1]
            let order = cursor?.isBefore == true ? "ASC" : "DESC"
            let rows = try Row.fetchAll(
                database,
                sql: "SELECT * FROM email \(condition) ORDER BY number \(order) LIMIT ?",
                arguments: arguments)
            let emails = try rows.prefix(limit).map(Self.mail)
            return (order == "ASC" ? emails.reversed() : emails, rows.count > limit)
        }
    }

    private static func mail(_ row: Row) throws -> StoredMail {
        let document: String = row["document"]
        return StoredMail(
            id: row["id"], createdAt: row["created_at"], lastEvent: row["last_event"],
            scheduledAt: row["scheduled_at"], document: try JSON(parsing: document))
    }
}

/// Where a part of a list starts.
struct MailCursor: Sendable {
    var id: String
    /// Whether the part stands before it, rather than behind.
    var isBefore: Bool
}

/// What tells a repetition of a request from another one.
struct IdempotencyKey: Sendable {
    var key: String
    /// A digest of the request.
    var request: [UInt8]
}
