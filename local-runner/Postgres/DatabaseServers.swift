/// The servers on which the apps have their databases, opened for one command.
///
/// An app whose administrating address is in the environment (`DATABASE_URL_BRAINSTORM`) lives on
/// that server. All others share the private cluster: the one that a running copy has started, or
/// one that is started here, for as long as this object is open.
final class DatabaseServers {
    let databases: [AppDatabase]
    private let lock: StateLock?
    private let cluster: PostgresCluster?

    /// Where the databases are, for people.
    var place: String {
        guard let cluster else { return "on servers of the environment" }
        let folder = cluster.folder
        return folder.reason.map { "in \(folder.path): \($0)" } ?? "in \(folder.path)"
    }

    /// Opens the servers of those apps that have a database.
    ///
    /// - Parameters:
    ///   - apps: those without a database are passed over.
    ///   - state: where the private cluster lives, and the passwords of all roles.
    ///   - processes: starts the cluster.
    ///   - lock: the state folder's, where the caller has it; otherwise it is taken where it is free.
    ///   - command: what the lock says of its holder.
    ///   - onLoss: called if the cluster ends and nobody has stopped it.
    /// - Throws: ``RunnerError`` where the cluster neither runs nor starts.
    init(
        for apps: [App], in state: StateFolder, processes: Guard, lock: StateLock? = nil,
        command: String, onLoss: @escaping @Sendable (ExitStatus) -> Void = { _ in }
    ) throws {
        let apps = apps.filter(\.file.hasDatabase)
        var own: StateLock?
        var cluster: PostgresCluster?
        if apps.contains(where: { Self.external($0, state) == nil }) {
            own = try lock ?? StateLock.takeIfFree(in: state, port: 0, command: command)
            cluster =
                own == nil
                ? try Self.running(in: state, processes)
                : try PostgresCluster.start(in: state, processes: processes, onLoss: onLoss)
        }
        self.lock = own
        self.cluster = cluster
        databases = try apps.compactMap { app in
            let server = try Self.external(app, state).map {
                try DatabaseServer(adminURL: $0, passwords: Passwords(in: state))
            }
            return (server ?? cluster?.server).map {
                AppDatabase(app: app.name, server: $0, schemaFolder: app.schemaFolder)
            }
        }
    }

    /// Stops what was started here.
    func close() {
        cluster?.stop()
    }

    /// The administrating address that the environment gives for an app.
    private static func external(_ app: App, _ state: StateFolder) -> String? {
        state.external("DATABASE_URL_\(app.name.uppercased())")
    }

    private static func running(in state: StateFolder, _ processes: Guard) throws -> PostgresCluster
    {
        if let cluster = try PostgresCluster.running(in: state, processes: processes) {
            return cluster
        }
        let holder = StateLock.holder(in: state)?.description ?? "another process"
        throw RunnerError(
            "The state folder \(state.path) is in use by \(holder), which has no database up yet.")
    }
}
