import GRDB

/// The last runs of each scheduled function, in `STATE/cron.sqlite`.
struct CronHistory: Sendable {
    private let database: DatabaseQueue

    /// How many runs of a function are kept.
    private static let depth = 50

    /// One time at which a function ran, or should have.
    struct Run: Sendable, Codable, Equatable, FetchableRecord, PersistableRecord {
        static let databaseTableName = "run"

        /// Such as `Brainstorm/ExpireSessions`.
        var function: String
        /// The expression.
        var cron: String
        /// The time that it was told, in epoch milliseconds.
        var time: Int64
        /// By the runner's clock.
        var startedAt: Int64
        var milliseconds: Int64
        var outcome: String
        /// What the function or the runner had to say of a failure.
        var problem: String
        /// Whether somebody asked for it, and not the clock.
        var isByHand: Bool
    }

    init(in state: StateFolder) throws {
        database = try SQLiteStore.open(
            "cron.sqlite", in: state,
            migrations: [
                "runs": """
                CREATE TABLE run (
                    id INTEGER PRIMARY KEY,
                    function TEXT NOT NULL,
                    cron TEXT NOT NULL,
                    time INTEGER NOT NULL,
                    startedAt INTEGER NOT NULL,
                    milliseconds INTEGER NOT NULL,
                    outcome TEXT NOT NULL,
                    problem TEXT NOT NULL,
                    isByHand INTEGER NOT NULL
                ) STRICT;
                CREATE INDEX run_function ON run (function, id);
                """
            ])
    }

    /// Adds a run, and forgets those that are too many.
    func add(_ run: Run) throws {
        try database.write { database in
            try run.insert(database)
            try database.execute(
                sql: """
                    DELETE FROM run WHERE function = ? AND id <= (
                        SELECT id FROM run WHERE function = ? ORDER BY id DESC LIMIT 1 OFFSET ?)
                    """, arguments: [run.function, run.function, Self.depth])
        }
    }

    /// The runs of a function, the latest first.
    func runs(of function: String, limit: Int) throws -> [Run] {
        try database.read { database in
            try Run.fetchAll(
                database,
                sql: """
                    SELECT function, cron, time, startedAt, milliseconds, outcome, problem, isByHand
                    FROM run WHERE function = ? ORDER BY id DESC LIMIT ?
                    """, arguments: [function, limit])
        }
    }
}
