import Foundation
import FunctionPostgres
import Glibc
import Synchronization

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
    private let processes: Guard
    /// The server's process; nil where another copy of the runner has started it, or it has ended.
    private let pid = Mutex<pid_t?>(nil)
    private let isEnded = DispatchSemaphore(value: 0)

    /// The role that made the cluster.
    static let superuser = "postgres"

    private init(folder: ClusterFolder, state: StateFolder, processes: Guard) throws {
        self.folder = folder
        self.processes = processes
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
        try cluster.launch(log: state.file("postgres.log"), onLoss: onLoss)
        return cluster
    }

    private func launch(log: String, onLoss: @escaping @Sendable (ExitStatus) -> Void) throws {
        let programs = try PostgresPrograms.find(version: folder.version)
        let account = try PostgresAccount.choose(dataFolder: folder.data)
        LogFile.rotate(log)
        var command = account.command(
            programs.path(of: "postgres"),
            ["-D", folder.data] + settings.flatMap { ["-c", "\($0.key)=\($0.value)"] })
        command.standardOutput = .file(log)
        command.standardError = .file(log)
        // The handler waits for the lock, so it finds the number in place.
        try self.pid.withLock { pid in
            pid = try processes.spawn(command) { [self] status in
                let wasOurs = self.pid.withLock { pid in
                    defer { pid = nil }
                    if let pid { processes.forget(pid) }
                    return pid != nil
                }
                isEnded.signal()
                if wasOurs { onLoss(status) }
            }
            if let pid { processes.stopFirst(pid, signal: SIGINT) }
        }
        try waitUntilReady(log: log)
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
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_line_prefix": "%m [%p] %q%u@%d ",
        ]
    }

    private func waitUntilReady(log: String) throws {
        for _ in 0..<6000 {
            guard pid.withLock({ $0 }) != nil else {
                throw RunnerError(
                    """
                    PostgreSQL did not start. The end of \(log):
                    \(LogFile.tail(of: log))
                    """)
            }
            if Postmaster.running(on: folder)?.isReady == true { return }
            usleep(10_000)
        }
        stop()
        throw RunnerError("PostgreSQL takes no connections after a minute; \(log) may say why.")
    }

    /// Stops it in good order: sessions end, everything is written out.
    ///
    /// One that another copy of the runner has started is left alone.
    func stop() {
        let running = pid.withLock { pid in
            defer { pid = nil }
            return pid
        }
        guard let running else { return }
        // What it has in memory goes to the disk first, and a busy disk takes its time.
        for (signal, seconds) in [(SIGINT, 60), (SIGQUIT, 5), (SIGKILL, 5)] {
            processes.kill(running, signal: signal)
            if isEnded.wait(timeout: .now() + .seconds(seconds)) == .success { break }
        }
        processes.forget(running)
    }
}
