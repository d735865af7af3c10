import Foundation
import FunctionCrypto
import GRDB

/// Namespaces and their values, in `STATE/keys.sqlite`.
///
/// Keys are BLOBs, so that SQLite orders them as Cloudflare does, by the bytes of their UTF-8. A
/// value stands last in its row: a list reads none of it. What has expired is invisible at once, and
/// removed at the next start.
struct KeyValueStore: Sendable {
    let database: DatabaseQueue

    init(in state: StateFolder) throws {
        database = try SQLiteStore.open(
            "keys.sqlite", in: state,
            migrations: [
                "tables": """
                CREATE TABLE namespace (id TEXT PRIMARY KEY, title TEXT NOT NULL UNIQUE);
                CREATE TABLE entry (
                    namespace TEXT NOT NULL REFERENCES namespace ON DELETE CASCADE,
                    key BLOB NOT NULL,
                    expiration INTEGER,
                    metadata TEXT,
                    value BLOB NOT NULL,
                    PRIMARY KEY (namespace, key)
                );
                CREATE INDEX entry_expiration ON entry (expiration) WHERE expiration IS NOT NULL;
                """
            ])
    }

    /// A value; nil where there is none at a time.
    func entry(_ key: String, in namespace: String, at now: Int64) throws -> Entry? {
        try database.read { try Self.entry(key, in: namespace, at: now, $0) }
    }

    private static func entry(
        _ key: String, in namespace: String, at now: Int64, _ database: Database
    ) throws -> Entry? {
        let statement = try database.cachedStatement(
            sql: """
                SELECT value, expiration, metadata FROM entry
                WHERE namespace = ? AND key = ? AND (expiration IS NULL OR expiration > ?)
                """)
        return try Row.fetchOne(statement, arguments: [namespace, Data(key.utf8), now]).map {
            Entry(value: $0[0], expiration: $0[1], metadata: $0[2])
        }
    }

    /// The values of some keys, in one look at the store.
    func entries(
        _ keys: [String], in namespace: String, at now: Int64
    ) throws -> [(key: String, entry: Entry?)] {
        try database.read { database in
            try keys.map { ($0, try Self.entry($0, in: namespace, at: now, database)) }
        }
    }

    /// Stores values, all or none of them.
    func put(_ entries: [(key: String, entry: Entry)], in namespace: String) throws {
        try database.write { database in
            let statement = try database.cachedStatement(
                sql: """
                    INSERT INTO entry (namespace, key, expiration, metadata, value)
                    VALUES (?, ?, ?, ?, ?)
                    ON CONFLICT (namespace, key) DO UPDATE SET
                        expiration = excluded.expiration, metadata = excluded.metadata,
                        value = excluded.value
                    """)
            for (key, entry) in entries {
                try statement.execute(arguments: [
                    namespace, Data(key.utf8), entry.expiration, entry.metadata, entry.value,
                ])
            }
        }
    }

    /// Removes values; a key that has none is no error.
    func delete(_ keys: [String], in namespace: String) throws {
        try database.write { database in
            let statement = try database.cachedStatement(
                sql: "DELETE FROM entry WHERE namespace = ? AND key = ?")
            for key in keys {
                try statement.execute(arguments: [namespace, Data(key.utf8)])
            }
        }
    }

    /// Removes what has expired, of which nobody can see anything any more.
    func removeExpired(at now: Int64) throws {
        try database.write { database in
            try database.execute(sql: "DELETE FROM entry WHERE expiration <= ?", arguments: [now])
        }
    }
}

extension KeyValueStore {
    /// A part of a list.
    struct Page: Sendable {
        struct Key: Sendable {
            var name: String
            var expiration: Int64?
            var metadata: String?
        }

        var keys: [Key]
        /// The last key that was looked at, if there are more behind it.
        var last: [UInt8]?
    }

    /// The keys that start with a prefix, in the order of their bytes.
    ///
    /// Keys that have expired and are not yet removed count towards the limit: a page may be
    /// short, or empty, and yet not the last, as it may be at Cloudflare.
    func keys(
        in namespace: String, prefix: String, after start: [UInt8]?, limit: Int, at now: Int64
    ) throws -> Page {
        var arguments: StatementArguments = [namespace, Data(prefix.utf8)]
        var sql = """
            SELECT key, expiration, metadata FROM entry WHERE namespace = ? AND key >= ?
            """
        if let end = Self.end(ofPrefix: prefix) {
            sql += " AND key < ?"
            arguments += [Data(end)]
        }
        if let start {
            sql += " AND key > ?"
            arguments += [Data(start)]
        }
        sql += " ORDER BY key LIMIT ?"
        arguments += [limit + 1]
        return try database.read { [sql, arguments] database in
            let rows = try Row.fetchAll(database, sql: sql, arguments: arguments)
            let keys = rows.prefix(limit).compactMap { row -> Page.Key? in
                let expiration: Int64? = row[1]
                if let expiration, expiration <= now { return nil }
                let name: Data = row[0]
                return Page.Key(
                    name: String(decoding: name, as: UTF8.self), expiration: expiration,
                    metadata: row[2])
            }
            guard rows.count > limit else { return Page(keys: keys) }
            let last: Data = rows[limit - 1][0]
            return Page(keys: keys, last: Array(last))
        }
    }

    /// The first sequence of bytes behind all that start with a prefix.
    private static func end(ofPrefix prefix: String) -> [UInt8]? {
        var bytes = Array(prefix.utf8)
        guard let last = bytes.popLast() else { return nil }
        // No byte of UTF-8 is the greatest that there is.
        return bytes + [last + 1]
    }
}
