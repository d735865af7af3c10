import FunctionPostgres

/// Applies an app's migrations: forward only, each once, each in a transaction of its own together
/// with the record of it.
///
/// What is applied is never applied again and never undone. So a file that has changed since, or
/// is gone, means that the database is not what the folder describes; that is refused, as every
/// further step would stand on sand.
struct Migrator {
    let database: AppDatabase
    let connection: Connection

    /// - Returns: how many it applied.
    func apply(_ migrations: [Migration]) throws -> Int {
        let applied = try connection.rows(
            "SELECT number, name, checksum FROM apus.migration ORDER BY number", as: Record.self)
        try check(migrations, against: applied)
        let missing = migrations.dropFirst(applied.count)
        for migration in missing { try apply(migration) }
        return missing.count
    }

    private struct Record: Decodable {
        var number: Int
        var name: String
        var checksum: String
    }

    private func check(_ migrations: [Migration], against applied: [Record]) throws {
        for record in applied {
            let number = String(record.number)
            let file =
                String(repeating: "0", count: 4 - number.count) + "\(number)-\(record.name).sql"
            guard let migration = migrations.first(where: { $0.number == record.number }),
                migration.name == record.name
            else {
                throw RunnerError(
                    """
                    The database \(database.name) has the migration \(file), which is not in \
                    \(database.schemaFolder). Restore the file, or \(howToReset).
                    """)
            }
            guard migration.checksum == record.checksum else {
                throw RunnerError(
                    """
                    \(migration.path) was edited after it was applied to the database \
                    \(database.name). Undo the edit and write a new migration, or \(howToReset).
                    """)
            }
        }
    }

    private var howToReset: String {
        "make the database anew with \"local-runner db reset \(database.app)\""
    }

    private func apply(_ migration: Migration) throws {
        try connection.transaction {
            try connection.run(script: migration.sql, path: migration.path, as: database.owner)
            try connection.run(
                """
                INSERT INTO apus.migration (number, name, checksum)
                VALUES (\(migration.number), \(migration.name), \(migration.checksum))
                """)
            try connection.run(
                "INSERT INTO apus.seed (is_due) VALUES (true) ON CONFLICT DO NOTHING")
        }
    }
}

extension Connection {
    /// Runs an app's SQL file as its owner, within the transaction that is open.
    ///
    /// - Throws: ``RunnerError`` that names file and line.
    func run(script: String, path: String, as owner: String) throws {
        let before = try transactionID()
        try run("SET LOCAL ROLE \(identifier: owner)")
        do {
            try execute(script)
        } catch let error as ScriptError {
            throw RunnerError(
                "\(path)\(error.line.map { ":\($0)" } ?? ""): \(error.refusal.inFull)")
        }
        // A COMMIT in the file would leave half of it behind when the rest fails.
        guard try transactionID() == before else {
            throw RunnerError(
                """
                \(path) ends the transaction that it runs in; remove its COMMIT or ROLLBACK. What \
                it did before is in the database: make that anew with "local-runner db reset".
                """)
        }
        try run("RESET ROLE")
    }

    private func transactionID() throws -> String {
        struct Row: Decodable {
            var id: String
        }
        return try rows("SELECT pg_current_xact_id()::text AS id", as: Row.self).first?.id ?? ""
    }
}

extension SQLError.Refusal {
    /// With the detail, as whoever runs a script owns the rows that it may quote.
    fileprivate var inFull: String {
        [description, detail].compactMap(\.self).joined(separator: "\n    ")
    }
}
