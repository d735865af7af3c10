import Foundation
import FunctionCrypto
import Glibc

/// The folder `STATE/redis`: the settings, who may do what, and the values.
///
/// Values are appended to a log of commands before they are acknowledged, and it is brought to
/// the disk every second: nothing that was acknowledged is lost when a process is killed, and a
/// second at most when the machine is.
struct RedisFolder: Sendable {
    let path: String

    init(in state: StateFolder) throws {
        path = state.file("redis")
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw SystemCallError("Making \(path)")
        }
    }

    var settings: String { "\(path)/redis.conf" }
    private var users: String { "\(path)/users.acl" }
    private var pidFile: String { "\(path)/pid" }
    private var portFile: String { "\(path)/port" }

    /// The port of the last start.
    var knownPort: Int? {
        (try? String(contentsOfFile: portFile, encoding: .utf8)).flatMap {
            Int($0.trimmingCharacters(in: .whitespacesAndNewlines))
        }
    }

    /// Writes what the server is to go by: files, as arguments would be seen by everybody.
    func write(port: Int, apps: [App], passwords: Passwords) throws {
        try write("\(port)\n", to: portFile)
        try write(
            """
            bind 127.0.0.1
            port \(port)
            protected-mode yes
            daemonize no
            dir \(Self.quote(path))
            pidfile \(Self.quote(pidFile))
            aclfile \(Self.quote(users))
            save ""
            appendonly yes
            appendfsync everysec

            """, to: settings)
        var lines = ["user default reset"]
        lines.append(
            "user \(RedisAddresses.admin) on \(try Self.hash(RedisAddresses.admin, passwords)) "
                + "~* &* +@all")
        for app in apps {
            let (user, prefix) = (RedisAddresses.user(of: app), RedisAddresses.prefix(of: app))
            lines.append(
                "user \(user) on \(try Self.hash(user, passwords)) ~\(prefix)* &\(prefix)* "
                    + Self.permissions)
        }
        try write(lines.joined(separator: "\n") + "\n", to: users)
    }

    /// All that concerns an app's own keys.
    ///
    /// What tells of others' keys, or holds for all (scripts are forgotten, functions replaced), is
    /// taken away beside what Redis itself calls dangerous.
    private static let permissions =
        "+@all -@admin -@dangerous -scan -randomkey -dbsize -function "
        + "-script +script|load +script|exists"

    private static func hash(_ user: String, _ passwords: Passwords) throws -> String {
        let password = try passwords.password(of: RedisAddresses.role(user))
        return "#" + Hex.encode(Hash.sha256.digest(of: password))
    }

    private static func quote(_ path: String) -> String {
        let escaped = path.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return "\"\(escaped)\""
    }

    private func write(_ text: String, to path: String) throws {
        unlink(path)
        guard
            FileManager.default.createFile(
                atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
        else { throw SystemCallError("Writing \(path)") }
    }

    /// The server that runs on this folder.
    ///
    /// A server works in its folder; another process that has got its number does not.
    var runningServer: pid_t? {
        guard let text = try? String(contentsOfFile: pidFile, encoding: .utf8),
            let pid = pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)), pid > 1,
            let directory = try? FileManager.default.destinationOfSymbolicLink(
                atPath: "/proc/\(pid)/cwd"),
            directory == URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        else { return nil }
        return pid
    }

    /// Stops a server that a runner left behind, or that its guard is about to stop: two on one
    /// folder would write over each other.
    func stopStale() throws {
        for signal in [SIGTERM, SIGKILL] {
            for wait in 0..<1000 {
                guard let pid = runningServer else { return }
                if wait == 0 { kill(pid, signal) }
                usleep(10_000)
            }
        }
        guard let pid = runningServer else { return }
        throw RunnerError("Redis, process \(pid), runs on \(path) and does not stop.")
    }
}
