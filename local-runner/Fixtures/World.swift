import Foundation
import FunctionPostgres

/// The small fixed world in which the fixtures of one app happen: its migrations and
/// `Tests/Fixtures/<App>/world.sql`, without the seed.
///
/// The world is one database that nobody changes. Who wants to change something gets a copy, which
/// PostgreSQL makes file by file (`CREATE DATABASE … TEMPLATE`). A copy and its removal took 42 ms
/// on a disk with `STRATEGY WAL_LOG` and 80 with `FILE_COPY`; in memory, on a busier machine, 75 and
/// 45. One more copy is read-only, and for all who only read.
struct World: Sendable {
    private let database: AppDatabase
    private let seed: String
    private let isInMemory: Bool

    init(app: String, in sandbox: Sandbox) throws {
        let schema = try sandbox.app(app).schemaFolder
        let folder = try sandbox.makeFolder("schema-" + app)
        for name in try FileManager.default.contentsOfDirectory(atPath: schema)
        where name != Seed.fileName {
            try FileManager.default.copyItem(
                atPath: "\(schema)/\(name)", toPath: "\(folder)/\(name)")
        }
        seed = "\(schema)/\(Seed.fileName)"
        isInMemory = sandbox.isInMemory
        database = AppDatabase(app: app, server: try sandbox.cluster(), schemaFolder: folder)
        _ = try database.prepare()
        try makeCopy(empty)
        try fill(name, from: "\(sandbox.fixtures)/\(app)/world.sql")
        try makeCopy(shared)
        try admin(in: "postgres")
            .execute("ALTER DATABASE \(quoted(shared)) SET default_transaction_read_only = on")
    }

    private func fill(_ copy: String, from path: String) throws {
        guard let script = FileManager.default.contents(atPath: path) else {
            throw RunnerError("\(path) cannot be read.")
        }
        let text = String(decoding: script, as: UTF8.self)
        let connection = try admin(in: copy)
        try connection.transaction {
            try connection.run(script: text, path: path, as: database.owner)
        }
    }

    /// The name of the database that nobody changes; those of copies start with it.
    var name: String { database.name }
    /// The name of the copy that is read-only.
    var shared: String { name + "_shared" }

    /// Works on a copy, and removes it.
    func withCopy<Value>(named copy: String, _ work: () throws -> Value) throws -> Value {
        try makeCopy(copy)
        // What cannot be removed goes with the cluster.
        defer { try? remove(copy) }
        return try work()
    }

    /// The tables without a row.
    private var empty: String { name + "_empty" }

    /// Makes a database with the app's seed, as a new user of the runner has it.
    func makeSeeded(_ copy: String) throws {
        try makeCopy(copy, of: empty)
        try fill(copy, from: seed)
    }

    /// Makes a copy that stays as long as the cluster.
    func makeCopy(_ copy: String) throws {
        try makeCopy(copy, of: name)
    }

    private var strategy: String { isInMemory ? "FILE_COPY" : "WAL_LOG" }

    private func makeCopy(_ copy: String, of template: String) throws {
        let connection = try admin(in: "postgres")
        try connection.execute(
            "CREATE DATABASE \(quoted(copy)) TEMPLATE \(quoted(template)) STRATEGY \(strategy)")
        // The rights on a database are not copied with it.
        try connection.execute(
            """
            REVOKE ALL ON DATABASE \(quoted(copy)) FROM PUBLIC;
            GRANT CONNECT ON DATABASE \(quoted(copy)) TO \(quoted(database.function));
            """)
    }

    /// A session that its client has left may take a moment to end.
    private func remove(_ copy: String) throws {
        try admin(in: "postgres").execute("DROP DATABASE \(quoted(copy)) WITH (FORCE)")
    }

    /// A connection of the superuser.
    func admin(in copy: String) throws -> Connection {
        try Connection(database.server.adminURL(database: copy))
    }

    /// A connection as the role that owns the tables.
    func owner(in copy: String) throws -> Connection {
        let connection = try admin(in: copy)
        try connection.execute("SET ROLE \(quoted(database.owner))")
        return connection
    }

    /// The address that a function gets.
    func functionURL(in copy: String) throws -> String {
        try database.server.url(database: copy, role: database.function)
    }

    private func quoted(_ name: String) -> String { SQL.quote(identifier: name) }
}
