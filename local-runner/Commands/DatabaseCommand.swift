import ArgumentParser

/// Everything about the apps' databases.
struct DatabaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "db", abstract: "Migrate, seed, reset or look into the apps' databases.",
        discussion: """
            These work while "local-runner up" runs, on its PostgreSQL, and while it does not: then \
            PostgreSQL is started for the moment.
            """,
        subcommands: [Migrate.self, PlantSeed.self, Reset.self, Shell.self])
}

/// What the commands about databases have in common: for which apps, and how to get there.
struct DatabaseOptions: ParsableArguments {
    @OptionGroup var common: CommonOptions

    @Argument(
        help: ArgumentHelp("The app; all that have a database unless named.", valueName: "app"))
    var app: String?

    /// Opens the databases, and closes them when the work is done.
    func withDatabases(_ command: String, _ work: ([AppDatabase], Workspace) throws -> Void) throws
    {
        let workspace = try common.workspace()
        let state = try common.stateFolder(in: workspace)
        let apps = try chosen(from: App.all(in: workspace))
        let processes = try Guard()
        defer { processes.stop() }
        let servers = try DatabaseServers(
            for: apps, in: state, processes: processes, command: "db \(command)")
        defer { servers.close() }
        try work(servers.databases, workspace)
    }

    private func chosen(from apps: [App]) throws -> [App] {
        guard let app else { return apps.filter(\.file.hasDatabase) }
        guard let chosen = apps.first(where: { $0.name.lowercased() == app.lowercased() }) else {
            let names = apps.map(\.name).joined(separator: ", ")
            throw RunnerError("There is no app \(app); there are: \(names).")
        }
        guard chosen.file.hasDatabase else {
            throw RunnerError("\(chosen.name) has no database; its app.yaml would say so.")
        }
        return [chosen]
    }
}

extension DatabaseCommand {
    struct Migrate: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Apply the migrations of Schema/ that are new.",
            discussion: """
                Each is one transaction, as the app's owner. One that was edited after it was \
                applied, or is missing, is refused. A new database gets its seed.
                """)

        @OptionGroup var options: DatabaseOptions

        @Flag(help: "Leave the seed out, now and later: a database in production has no demo data.")
        var noSeed = false

        func run() throws {
            try options.withDatabases("migrate") { databases, _ in
                for database in databases {
                    let changes = try database.prepare(seeding: !noSeed)
                    print("\(database.app): \(changes.description)")
                }
            }
        }
    }

    struct PlantSeed: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "seed", abstract: "Plant the demo data of Schema/seed.sql again.",
            discussion: "The tables must be empty. \"local-runner db reset\" makes them so.")

        @OptionGroup var options: DatabaseOptions

        func run() throws {
            try options.withDatabases("seed") { databases, _ in
                for database in databases {
                    if try !database.prepare().isSeeded {
                        try Seed(database: database, connection: database.connect()).plantAgain()
                    }
                    print("\(database.app): seed planted")
                }
            }
        }
    }

    struct Reset: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Delete the databases with all that is in them, and make them anew.")

        @OptionGroup var options: DatabaseOptions

        @Flag(name: [.long, .customShort("y")], help: "Do not ask.")
        var yes = false

        func run() throws {
            try options.withDatabases("reset") { databases, _ in
                try confirm(databases.map(\.app))
                for database in databases {
                    try database.drop()
                    print("\(database.app): \(try database.prepare().description)")
                }
            }
        }

        private func confirm(_ apps: [String]) throws {
            guard !yes else { return }
            let names = apps.joined(separator: ", ")
            print("This deletes all data of \(names). Type \"yes\" to go on: ", terminator: "")
            guard readLine() == "yes" else {
                throw RunnerError("Nothing was deleted. --yes does it without asking.")
            }
        }
    }
}
