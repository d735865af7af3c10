import FunctionCache
import Glibc

/// A private Redis on a socket, whose keys nobody keeps.
struct SandboxRedis: Sendable {
    /// Its address, for `REDIS_URL`.
    let url: String

    /// Starts it, and waits until it takes connections.
    ///
    /// - Parameters:
    ///   - folder: of its own; its path is short.
    ///   - processes: ends it.
    /// - Throws: ``RunnerError`` where it is not installed or does not start.
    init(in folder: String, processes: Guard) throws {
        guard let program = RedisServer.program else {
            throw RunnerError("redis-server is not installed; local-runner/install installs it.")
        }
        let socket = folder + "/socket"
        let log = folder + "/log"
        url = "unix:" + socket
        let isRunning = try processes.start(
            ChildProcess(
                executable: program,
                arguments: [
                    "--port", "0", "--unixsocket", socket, "--unixsocketperm", "777",
                    "--save", "", "--appendonly", "no", "--dir", folder,
                ],
                standardOutput: .file(log), standardError: .file(log)))
        let address = try RedisAddress(url)
        for _ in 0..<1000 {
            if (try? RedisConnection(address, timeout: .seconds(2))) != nil { return }
            guard isRunning() else { break }
            usleep(10_000)
        }
        throw RunnerError("Redis did not start; \(log) may say why.")
    }
}
