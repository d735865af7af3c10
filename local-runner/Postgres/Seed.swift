import Foundation
import FunctionCrypto
import FunctionPostgres

/// Plants an app's demo data, `Schema/seed.sql`, once, as the owner and in one transaction.
///
/// A new database is due for it from its first migration on, until it was planted or found to have
/// none. So neither does a crash in between leave the seed out, nor does a file that is written later
/// fall into a database that is in use.
struct Seed {
    let database: AppDatabase
    let connection: Connection

    static let fileName = "seed.sql"

    private var path: String { "\(database.schemaFolder)/\(Self.fileName)" }

    /// - Returns: whether it was planted now.
    func plantIfDue() throws -> Bool {
        guard try connection.exists("SELECT FROM apus.seed WHERE is_due") else { return false }
        guard FileManager.default.fileExists(atPath: path) else {
            try forgo()
            return false
        }
        try plant()
        return true
    }

    /// Leaves it out for good: a database in production is due for none.
    func forgo() throws {
        try connection.run("UPDATE apus.seed SET is_due = false")
    }

    /// Plants it again, in a database whose tables are empty.
    ///
    /// - Throws: ``RunnerError`` where they are not.
    func plantAgain() throws {
        guard FileManager.default.fileExists(atPath: path) else {
            throw RunnerError("\(database.app) has no seed; it would be \(path).")
        }
        if let table = try firstTableWithRows() {
            throw RunnerError(
                """
                The seed is for an empty database, and the table \(table) of \(database.name) has \
                rows. "local-runner db reset \(database.app)" makes the database anew, seed included.
                """)
        }
        try plant()
    }

    private func plant() throws {
        let script = try String(contentsOfFile: path, encoding: .utf8)
        let checksum = Hex.encode(Hash.sha256.digest(of: script))
        try connection.transaction {
            try connection.run(script: script, path: path, as: database.owner)
            try connection.run(
                """
                INSERT INTO apus.seed (is_due, checksum, applied_at)
                VALUES (false, \(checksum), now())
                ON CONFLICT (id) DO UPDATE
                SET is_due = false, checksum = excluded.checksum, applied_at = excluded.applied_at
                """)
        }
    }

    private func firstTableWithRows() throws -> String? {
        struct Table: Decodable {
            var name: String
        }
        let tables = try connection.rows(
            """
            SELECT c.oid::regclass::text AS name
            FROM pg_class c
            JOIN pg_roles r ON r.oid = c.relowner
            WHERE c.relkind = 'r' AND r.rolname = \(database.owner)
            ORDER BY name
            """, as: Table.self)
        // PostgreSQL has quoted the name where it must be.
        return try tables.first { try connection.exists("SELECT FROM \(unsafe: $0.name)") }?.name
    }
}
