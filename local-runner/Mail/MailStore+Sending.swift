import Foundation
import FunctionRuntime
import GRDB

extension MailStore {
    /// How long an answer is given again, in milliseconds.
    private static let memory: Int64 = 86_400_000

    /// The answer that was given to the same request before; nil where there was none.
    ///
    /// - Throws: ``MailError`` where the key was used for another request.
    func answer(for key: IdempotencyKey, at now: Int64) throws -> JSON? {
        try database.write { database in
            try database.execute(
                sql: "DELETE FROM idempotency WHERE created_at <= ?",
                arguments: [now - Self.memory])
            let row = try Row.fetchOne(
                database, sql: "SELECT request, response FROM idempotency WHERE key = ?",
                arguments: [key.key])
            guard let row else { return nil }
            let (request, response): (Data, String) = (row[0], row[1])
            guard Array(request) == key.request else { throw MailError.otherIdempotentRequest }
            return try JSON(parsing: response)
        }
    }

    /// When the next message is to be sent; nil where none waits.
    func nextSending() throws -> Int64? {
        try database.read { database in
            try Int64.fetchOne(
                database, sql: "SELECT min(scheduled_at) FROM email WHERE last_event = 'scheduled'")
        }
    }

    /// Sends what is due: from now on it counts as delivered, or as what its recipient plays.
    func deliver(at now: Int64) throws {
        guard let next = try nextSending(), next <= now else { return }
        try database.write { database in
            let due = try Row.fetchAll(
                database,
                sql: """
                    SELECT id, document FROM email
                    WHERE last_event = 'scheduled' AND scheduled_at <= ?
                    """,
                arguments: [now])
            for row in due {
                let (id, document): (String, String) = (row[0], row[1])
                let event = MailMessage.event(ofRecipients: try JSON(parsing: document).recipients)
                try database.execute(
                    sql: "UPDATE email SET last_event = ? WHERE id = ?", arguments: [event, id])
            }
        }
    }

    /// Changes a message that is not yet sent.
    ///
    /// - Returns: whether it was not.
    func change(_ id: String, sendingTime: Int64) throws -> Bool {
        try change(id, "scheduled_at = ?", sendingTime)
    }

    /// Sees to it that a message is never sent, if it is not yet.
    ///
    /// - Returns: whether it was not.
    func cancel(_ id: String) throws -> Bool {
        try change(id, "last_event = ?", "canceled")
    }

    private func change(
        _ id: String, _ assignment: String, _ value: any DatabaseValueConvertible
    ) throws -> Bool {
        try database.write { database in
            try database.execute(
                sql: """
                    UPDATE email SET \(assignment) WHERE id = ? AND last_event = 'scheduled'
                    """,
                arguments: [value, id])
            return database.changesCount == 1
        }
    }
}

extension MailStore {
    /// The files of a message, in its order.
    func attachments(of id: String) throws -> [StoredAttachment] {
        try database.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT id, filename, content_type, content_id, length(content) FROM attachment
                    WHERE email = ? ORDER BY position
                    """,
                arguments: [id]
            ).map {
                StoredAttachment(
                    id: $0[0], filename: $0[1], contentType: $0[2], contentID: $0[3], size: $0[4])
            }
        }
    }

    /// What a file of a message holds.
    func content(of attachment: String, in id: String) throws -> Data? {
        try database.read { database in
            try Data.fetchOne(
                database, sql: "SELECT content FROM attachment WHERE id = ? AND email = ?",
                arguments: [attachment, id])
        }
    }
}

extension JSON {
    /// The addresses that a stored message goes to.
    fileprivate var recipients: [String] {
        ["to", "cc", "bcc"].flatMap { field -> [String] in
            guard case .array(let texts)? = self[field] else { return [] }
            return texts.compactMap { $0.text.flatMap(MailAddress.init)?.address }
        }
    }
}

extension MailMessage {
    /// What has happened to it as soon as it is accepted.
    var event: String {
        sendingTime == nil ? Self.event(ofRecipients: addresses) : "scheduled"
    }

    /// What happens to a message when it is sent.
    ///
    /// Resend has addresses to try out what may go wrong, such as `bounced+any@resend.dev`.
    static func event(ofRecipients addresses: [String]) -> String {
        for address in addresses {
            let parts = address.lowercased().split(separator: "@")
            guard parts.last == "resend.dev", let name = parts.first?.prefix(while: { $0 != "+" }),
                ["bounced", "complained", "suppressed"].contains(name)
            else { continue }
            return String(name)
        }
        return "delivered"
    }
}
