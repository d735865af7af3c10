import FunctionPostgres

/// The database of one app, and the two roles that it has.
///
/// - The **owner** owns the database and all in it. It cannot log in; migrations and seed run as it
///   by `SET LOCAL ROLE`.
/// - The **function role** is what functions connect as. It owns nothing, is a member of nothing and
///   cannot bypass row-level security; what it may do, migrations grant.
///
/// Nobody else may connect. What the runner notes about the database stands in its schema `apus`,
/// which belongs to the administrating role.
struct AppDatabase: Sendable {
    /// As `app.yaml` has it, such as `Brainstorm`.
    let app: String
    let server: DatabaseServer
    /// The folder of the SQL files.
    let schemaFolder: String

    var name: String { app.lowercased() }
    var owner: String { name + "_owner" }
    var function: String { name + "_function" }

    /// The address that functions get.
    var functionURL: String {
        get throws { try server.url(database: name, role: function) }
    }

    /// What ``prepare()`` did.
    struct Changes: Sendable {
        var isNew = false
        var migrations = 0
        var isSeeded = false
    }

    /// Brings the database to what the app's folder says: roles, database, migrations and, where
    /// the database is new, the seed; then checks that the function role is as harmless as it
    /// should be.
    ///
    /// Everything may be there already. Two runners that do it at once wait for each other.
    ///
    /// - Parameter seeding: otherwise the database gets no seed, now or later.
    /// - Returns: what was done.
    /// - Throws: ``RunnerError`` and errors of PostgreSQL; what was applied by then stays.
    func prepare(seeding: Bool = true) throws -> Changes {
        let migrations = try Migration.all(in: schemaFolder)
        var changes = Changes()
        changes.isNew = try createDatabase()
        let connection = try connect()
        try lock(connection)
        try arrange(connection)
        changes.migrations = try Migrator(database: self, connection: connection).apply(migrations)
        let seed = Seed(database: self, connection: connection)
        if seeding { changes.isSeeded = try seed.plantIfDue() } else { try seed.forgo() }
        try SafetyCheck(database: self, connection: connection).run()
        return changes
    }

    /// Deletes the database with everything in it; ``prepare()`` makes it anew.
    func drop() throws {
        let connection = try Connection(server.adminURL)
        try lock(connection)
        try connection.run("DROP DATABASE IF EXISTS \(identifier: name) WITH (FORCE)")
    }

    /// A connection of the administrating role to this database.
    func connect() throws -> Connection {
        try Connection(server.adminURL(database: name))
    }

    /// Waits for other runners to finish with this app; the lock ends with the connection.
    private func lock(_ connection: Connection) throws {
        try connection.run(
            "SELECT pg_advisory_lock(hashtext('apus'), hashtext(\(name)))")
    }

    /// Makes roles and database where they are missing.
    ///
    /// - Returns: whether the database is new.
    private func createDatabase() throws -> Bool {
        let connection = try Connection(server.adminURL)
        try lock(connection)
        try createRole(owner, "NOLOGIN", connection)
        try createRole(function, "LOGIN", connection)
        try connection.run(
            "ALTER ROLE \(identifier: function) PASSWORD '\(unsafe: server.verifier(of: function))'"
        )
        try joinOwner(connection)
        let isThere = try connection.exists("SELECT FROM pg_database WHERE datname = \(name)")
        if !isThere {
            try connection.run(
                "CREATE DATABASE \(identifier: name) OWNER \(identifier: owner)")
        }
        return !isThere
    }

    /// A role that is there is left as it is; ``SafetyCheck`` refuses one that may too much.
    private func createRole(_ role: String, _ login: String, _ connection: Connection) throws {
        guard try !connection.exists("SELECT FROM pg_roles WHERE rolname = \(role)") else { return }
        try connection.run(
            """
            CREATE ROLE \(identifier: role) \(unsafe: login)
            NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION
            """)
    }

    /// An administrating role that is no superuser must be a member of the owner to act as it.
    private func joinOwner(_ connection: Connection) throws {
        let mayAct = "SELECT FROM pg_roles WHERE rolname = current_user AND (rolsuper"
        let isMember: SQL = "OR pg_has_role(current_user, \(owner)::name, 'MEMBER'))"
        if try !connection.exists("\(unsafe: mayAct) \(isMember)") {
            try connection.run("GRANT \(identifier: owner) TO CURRENT_USER")
        }
    }

    /// Grants within the database, again on every start, so that a change here reaches old ones.
    private func arrange(_ connection: Connection) throws {
        let (database, owner, function): (SQL, SQL, SQL) = (
            "\(identifier: name)", "\(identifier: self.owner)", "\(identifier: self.function)"
        )
        for statement: SQL in [
            "BEGIN",
            "REVOKE ALL ON DATABASE \(database) FROM PUBLIC",
            "GRANT CONNECT ON DATABASE \(database) TO \(function)",
            "ALTER SCHEMA public OWNER TO \(owner)",
            "REVOKE ALL ON SCHEMA public FROM PUBLIC",
            "GRANT USAGE ON SCHEMA public TO \(function)",
            "CREATE SCHEMA IF NOT EXISTS apus",
            """
            CREATE TABLE IF NOT EXISTS apus.migration (
                number integer PRIMARY KEY,
                name text NOT NULL,
                checksum text NOT NULL,
                applied_at timestamptz NOT NULL DEFAULT now()
            )
            """,
            // One row, from the first migration on: whether the seed is still to come.
            """
            CREATE TABLE IF NOT EXISTS apus.seed (
                id boolean PRIMARY KEY DEFAULT true CHECK (id),
                is_due boolean NOT NULL,
                checksum text,
                applied_at timestamptz
            )
            """,
            "COMMIT",
        ] {
            try connection.run(statement)
        }
    }
}

extension Connection {
    /// Whether a query gives any row.
    func exists(_ query: SQL) throws -> Bool {
        struct Row: Decodable {
            var isThere: Bool
        }
        return try rows("SELECT EXISTS (\(query)) AS is_there", as: Row.self).first?.isThere == true
    }

    /// Does something in one transaction.
    func transaction<Value>(_ work: () throws -> Value) throws -> Value {
        try run("BEGIN")
        do {
            let value = try work()
            try run("COMMIT")
            return value
        } catch {
            // What went wrong is what matters; a connection that is lost rolls back by itself.
            _ = try? run("ROLLBACK")
            throw error
        }
    }
}
