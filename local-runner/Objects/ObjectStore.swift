import Foundation
import GRDB
import Synchronization

/// Buckets, objects and uploads: rows in `objects.sqlite`, and bodies in the folder `objects`.
///
/// Whether a write may happen (`If-None-Match`, `If-Match`) is decided in the transaction that does
/// it, so that of many writers at one moment exactly one can be the first. A body that a transaction
/// leaves without a row is removed after its commit; one that is written has its row committed after
/// it is complete. So a crash between the two leaves a file too many, never one too few, and the
/// next start removes it.
final class ObjectStore: Sendable {
    let database: DatabaseQueue
    let bodies: BodyFolder
    /// The names of all buckets, for the server's question whose a request is.
    private let names: Mutex<Set<String>>

    /// Opens it in the state folder.
    ///
    /// - Throws: ``RunnerError`` where the database cannot be opened.
    init(in state: StateFolder) throws {
        database = try SQLiteStore.open("objects.sqlite", in: state, migrations: Self.migrations)
        bodies = try BodyFolder(state.file("objects"))
        let (names, files) = try database.read { database in
            (
                try Set(String.fetchAll(database, sql: "SELECT name FROM bucket")),
                try Set(
                    String.fetchAll(
                        database,
                        sql: """
                            SELECT file FROM object WHERE file IS NOT NULL
                            UNION ALL SELECT file FROM part WHERE file IS NOT NULL
                            """))
            )
        }
        self.names = Mutex(names)
        try bodies.sweep(keeping: files)
    }

    private static let migrations: KeyValuePairs = [
        "0001-objects": """
        CREATE TABLE bucket (
            name TEXT PRIMARY KEY,
            created INTEGER NOT NULL
        ) WITHOUT ROWID;

        -- Keys compare by their UTF-8, as S3 lists them. Times are epoch milliseconds.
        CREATE TABLE object (
            id INTEGER PRIMARY KEY,
            bucket TEXT NOT NULL REFERENCES bucket (name),
            key TEXT NOT NULL,
            etag TEXT NOT NULL,
            size INTEGER NOT NULL,
            modified INTEGER NOT NULL,
            fields TEXT NOT NULL,
            checksum TEXT,
            parts TEXT,
            upload TEXT,
            file TEXT,
            content BLOB,
            UNIQUE (bucket, key)
        );

        CREATE TABLE upload (
            id TEXT PRIMARY KEY,
            bucket TEXT NOT NULL REFERENCES bucket (name) ON DELETE CASCADE,
            key TEXT NOT NULL,
            created INTEGER NOT NULL,
            fields TEXT NOT NULL,
            algorithm TEXT,
            kind TEXT
        );
        CREATE INDEX upload_by_key ON upload (bucket, key, created, id);

        CREATE TABLE part (
            upload TEXT NOT NULL REFERENCES upload (id) ON DELETE CASCADE,
            number INTEGER NOT NULL,
            etag TEXT NOT NULL,
            size INTEGER NOT NULL,
            modified INTEGER NOT NULL,
            checksum TEXT,
            file TEXT,
            content BLOB,
            PRIMARY KEY (upload, number)
        );
        """
    ]

    /// Whether there is a bucket of a name, as of the last commit.
    func hasBucket(_ name: String) -> Bool {
        names.withLock { $0.contains(name) }
    }

    func requireBucket(_ name: String) throws {
        guard hasBucket(name) else { throw ObjectsError.noSuchBucket(name) }
    }
}

/// A bucket.
struct Bucket: Sendable {
    var name: String
    /// Epoch milliseconds.
    var created: Int64
}

extension ObjectStore {
    /// Makes a bucket; tells whether there was none.
    @discardableResult
    func createBucket(_ name: String, at time: Int64) throws -> Bool {
        try database.write { database in
            try database.execute(
                sql: "INSERT OR IGNORE INTO bucket (name, created) VALUES (?, ?)",
                arguments: [name, time])
            names.withLock { _ = $0.insert(name) }
            return database.changesCount > 0
        }
    }

    /// Removes a bucket that holds no objects, and with it uploads that nobody has completed.
    func deleteBucket(_ name: String) throws {
        let places = try database.write { database in
            try requireBucket(name)
            let isUsed = try Bool.fetchOne(
                database, sql: "SELECT EXISTS (SELECT 1 FROM object WHERE bucket = ?)",
                arguments: [name])
            guard isUsed == false else {
                throw ObjectsError(
                    409, "BucketNotEmpty", "The bucket you tried to delete is not empty",
                    [("BucketName", name)])
            }
            let files = try String.fetchAll(
                database,
                sql: """
                    SELECT part.file FROM part JOIN upload ON upload.id = part.upload
                    WHERE upload.bucket = ? AND part.file IS NOT NULL
                    """, arguments: [name])
            try database.execute(sql: "DELETE FROM bucket WHERE name = ?", arguments: [name])
            names.withLock { _ = $0.remove(name) }
            return files.map { BodyPlace.file($0) }
        }
        bodies.remove(places)
    }

    /// The buckets from a name on, in order.
    func buckets(prefix: String, after name: String, limit: Int) throws -> [Bucket] {
        try database.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT name, created FROM bucket
                    WHERE name > ? AND substr(name, 1, length(?)) = ? ORDER BY name LIMIT ?
                    """, arguments: [name, prefix, prefix, limit]
            ).map { Bucket(name: $0[0], created: $0[1]) }
        }
    }

    func bucket(_ name: String) throws -> Bucket {
        let row = try database.read { database in
            try Row.fetchOne(
                database, sql: "SELECT name, created FROM bucket WHERE name = ?",
                arguments: [name])
        }
        guard let row else { throw ObjectsError.noSuchBucket(name) }
        return Bucket(name: row[0], created: row[1])
    }
}
