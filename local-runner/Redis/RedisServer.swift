import Foundation
import FunctionCache
import Glibc
import Synchronization

/// The private Redis of a state folder, stopped with the runner.
///
/// It listens on a port of the loopback, which stays the same from start to start. Nobody gets in
/// without a password: an administrator, and for each app a user who reaches the keys and channels
/// that begin with its name.
final class RedisServer: Sendable {
    let addresses: RedisAddresses
    let port: Int
    private let folder: RedisFolder
    private let processes: Guard
    /// The server's process; nil once it has ended.
    private let pid = Mutex<pid_t?>(nil)
    private let isEnded = DispatchSemaphore(value: 0)

    /// Whether Redis is installed.
    static var isInstalled: Bool { program != nil }

    private static var program: String? {
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
        try server.launch(program, log: state.file("redis.log"), onLoss: onLoss)
        return server
    }

    private init(
        _ folder: RedisFolder, _ state: StateFolder, _ apps: [App], _ processes: Guard
    ) throws {
        self.folder = folder
        self.processes = processes
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
        _ program: String, log: String, onLoss: @escaping @Sendable (ExitStatus) -> Void
    ) throws {
        LogFile.rotate(log)
        let command = ChildProcess(
            executable: program, arguments: [folder.settings],
            environment: ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"],
            standardOutput: .file(log), standardError: .file(log))
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
            if let pid { processes.stopFirst(pid, signal: SIGTERM) }
        }
        try waitUntilReady(log: log)
    }

    /// It takes connections at once, and refuses to serve until all is read.
    private func waitUntilReady(log: String) throws {
        let address = try RedisAddress(addresses.adminURL)
        for _ in 0..<6000 {
            guard pid.withLock({ $0 }) != nil else {
                throw RunnerError(
                    """
                    Redis did not start. The end of \(log):
                    \(LogFile.tail(of: log))
                    """)
            }
            do {
                _ = try RedisConnection(address, timeout: .seconds(2))
                return
            } catch CacheError.unreachable {
                usleep(10_000)
            } catch {
                stop()
                throw error
            }
        }
        stop()
        throw RunnerError("Redis takes no connections after a minute; \(log) may say why.")
    }

    /// Stops it in good order: everything is written out.
    func stop() {
        let running = pid.withLock { pid in
            defer { pid = nil }
            return pid
        }
        guard let running else { return }
        for (signal, seconds) in [(SIGTERM, 30), (SIGKILL, 5)] {
            processes.kill(running, signal: signal)
            if isEnded.wait(timeout: .now() + .seconds(seconds)) == .success { break }
        }
        processes.forget(running)
    }
}
