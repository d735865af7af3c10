import FunctionCache
import Glibc

/// The private Redis of a state folder, stopped with the runner.
///
/// It listens on a port of the loopback, which stays the same from start to start. Nobody gets in
/// without a password: an administrator, and for each app a user who reaches the keys and channels
/// that begin with its name.
final class RedisServer: Sendable {
    let addresses: RedisAddresses
    let port: Int
    private let folder: RedisFolder
    private let process: ServerProcess

    /// Whether Redis is installed.
    static var isInstalled: Bool { program != nil }

    /// The path of the server; nil where it is not installed.
    static var program: String? {
        let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/local/bin:/usr/bin"
        return path.split(separator: ":").map { "\($0)/redis-server" }
            .first { access($0, X_OK) == 0 }
    }

    /// Starts the Redis of a state folder.
    ///
    /// - Parameters:
    ///   - state: the folder.
    ///   - apps: who gets a user.
    ///   - processes: the guard, which stops it in good order if the runner cannot.
    ///   - onLoss: called if it ends and nobody has stopped it.
    /// - Returns: the server, which takes connections; nil where Redis is not installed.
    /// - Throws: ``RunnerError`` with the end of its log, where it does not start.
    static func start(
        in state: StateFolder, apps: [App], processes: Guard,
        onLoss: @escaping @Sendable (ExitStatus) -> Void = { _ in }
    ) throws -> RedisServer? {
        guard let program else { return nil }
        let folder = try RedisFolder(in: state)
        try folder.stopStale()
        let server = try RedisServer(folder, state, apps, processes)
        try server.launch(program, onLoss: onLoss)
        return server
    }

    private init(
        _ folder: RedisFolder, _ state: StateFolder, _ apps: [App], _ processes: Guard
    ) throws {
        self.folder = folder
        // What is in memory goes to the disk first.
        process = ServerProcess(
            "Redis", log: state.file("redis.log"), signals: [(SIGTERM, 30), (SIGKILL, 5)],
            processes: processes)
        let passwords = Passwords(in: state)
        port = try Self.port(preferring: folder.knownPort)
        try folder.write(port: port, apps: apps, passwords: passwords)
        addresses = try RedisAddresses(port: port, apps: apps, passwords: passwords)
    }

    /// Where the Redis of a state folder is, on which another copy of the runner has one.
    static func running(in state: StateFolder, apps: [App]) throws -> RedisAddresses? {
        let folder = try RedisFolder(in: state)
        guard folder.runningServer != nil, let port = folder.knownPort else { return nil }
        return try RedisAddresses(port: port, apps: apps, passwords: Passwords(in: state))
    }

    /// The port of before, where nobody has taken it; else any that is free.
    private static func port(preferring known: Int?) throws -> Int {
        if let known, (try? PortCheck.run(port: known)) != nil { return known }
        return try PortCheck.freePort()
    }

    private func launch(
        _ program: String, onLoss: @escaping @Sendable (ExitStatus) -> Void
    ) throws {
        let command = ChildProcess(
            executable: program, arguments: [folder.settings],
            environment: ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"])
        let address = try RedisAddress(addresses.adminURL)
        try process.launch(command, onLoss: onLoss) {
            // It takes connections at once, and refuses to serve until all is read.
            do {
                _ = try RedisConnection(address, timeout: .seconds(2))
                return true
            } catch CacheError.unreachable {
                return false
            }
        }
    }

    /// Stops it in good order: everything is written out.
    func stop() {
        process.stop()
    }
}
