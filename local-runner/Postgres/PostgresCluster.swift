import FunctionPostgres
import Glibc

/// The private PostgreSQL of a state folder: made on the first start, stopped with the runner.
///
/// It listens on a socket in a folder that only its user enters, and on no port. Everybody needs
/// a password, the superuser too: functions run as the same user of the system as the runner, and
/// must not become another role by asking. It survives a crash of the machine (`fsync` is on); what
/// is tuned is for development.
final class PostgresCluster: Sendable {
    let folder: ClusterFolder
    /// Its address, for whoever connects.
    let server: DatabaseServer
    /// Not running where another copy of the runner has started the server.
    private let process: ServerProcess

    /// The role that made the cluster.
    static let superuser = "postgres"

    private init(folder: ClusterFolder, state: StateFolder, processes: Guard) throws {
        self.folder = folder
        // What is in memory goes to the disk first, and a busy disk takes its time.
        process = ServerProcess(
            "PostgreSQL", log: state.file("postgres.log"),
            signals: [(SIGINT, 60), (SIGQUIT, 5), (SIGKILL, 5)], processes: processes)
        let passwords = Passwords(in: state)
        let password = try passwords.password(of: Self.superuser)
        let user = "\(Self.superuser):\(DatabaseServer.escape(password))"
        // The port is part of the socket's name, and PGPORT could say another.
        server = try DatabaseServer(
            adminURL: """
                postgresql://\(user)@/postgres?host=\(DatabaseServer.escape(folder.path))&port=5432
                """,
            passwords: passwords)
    }

    /// The address of the superuser, in the database `postgres`.
    var adminURL: String { server.adminURL }

    /// The address of a role in a database.
    func url(database: String, role: String) throws -> String {
        try server.url(database: database, role: role)
    }

    /// The cluster of a state folder on which another copy of the runner has a server.
    static func running(in state: StateFolder, processes: Guard) throws -> PostgresCluster? {
        guard let folder = ClusterFolder.existing(in: state),
            Postmaster.running(on: folder)?.isReady == true
        else { return nil }
        return try PostgresCluster(folder: folder, state: state, processes: processes)
    }

    /// Starts the cluster of a state folder; makes it first where there is none.
    ///
    /// - Parameters:
    ///   - state: the folder.
    ///   - processes: the guard, which stops it in good order if the runner cannot.
    ///   - onLoss: called if it ends and nobody has stopped it.
    /// - Returns: the cluster, which takes connections.
    /// - Throws: ``RunnerError`` with the end of PostgreSQL's log, where it does not start.
    static func start(
        in state: StateFolder, processes: Guard,
        onLoss: @escaping @Sendable (ExitStatus) -> Void = { _ in }
    ) throws -> PostgresCluster {
        let folder: ClusterFolder
        if let existing = ClusterFolder.existing(in: state) {
            try Postmaster.stopStale(on: existing)
            folder = existing
        } else {
            folder = try ClusterMaker(state: state, processes: processes).make()
        }
        let cluster = try PostgresCluster(folder: folder, state: state, processes: processes)
        try cluster.launch(onLoss: onLoss)
        return cluster
    }

    private func launch(onLoss: @escaping @Sendable (ExitStatus) -> Void) throws {
        let programs = try PostgresPrograms.find(version: folder.version)
        let account = try PostgresAccount.choose(dataFolder: folder.data)
        let command = account.command(
            programs.path(of: "postgres"),
            ["-D", folder.data] + settings.flatMap { ["-c", "\($0.key)=\($0.value)"] })
        try process.launch(command, onLoss: onLoss) {
            Postmaster.running(on: folder)?.isReady == true
        }
    }

    private var settings: KeyValuePairs<String, String> {
        [
            "listen_addresses": "",
            "port": "5432",
            "unix_socket_directories": "\"\(folder.path)\"",
            "unix_socket_permissions": "0700",
            "cluster_name": "apus",
            // Every warm worker keeps a connection, and pools grow under load.
            "max_connections": "300",
            "shared_buffers": "128MB",
            // Compiling a plan costs a cold function more than it saves on tables of this size.
            "jit": "off",
            // A statement whose function was ended goes on for no more than this.
            "client_connection_check_interval": "1s",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_line_prefix": "%m [%p] %q%u@%d ",
        ]
    }

    /// Stops it in good order: sessions end, everything is written out.
    ///
    /// One that another copy of the runner has started is left alone.
    func stop() {
        process.stop()
    }
}
