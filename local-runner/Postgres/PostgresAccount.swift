import Foundation
import Glibc

/// The user of the system that PostgreSQL's programs run as, which must not be root.
struct PostgresAccount: Sendable {
    let user: uid_t
    let group: gid_t
    let name: String

    /// Whom to run as.
    ///
    /// An ordinary user runs PostgreSQL himself. Root gives it to the owner of the data or, where
    /// there is none yet, to `postgres`, whom Debian's package makes.
    static func choose(dataFolder: String) throws -> PostgresAccount {
        guard geteuid() == 0 else {
            return PostgresAccount(user: geteuid(), group: getegid(), name: NSUserName())
        }
        var status = stat()
        if stat(dataFolder, &status) == 0, status.st_uid != 0 {
            return PostgresAccount(
                user: status.st_uid, group: status.st_gid, name: "user \(status.st_uid)")
        }
        guard let entry = getpwnam("postgres") else {
            throw RunnerError(
                """
                PostgreSQL does not run as root, and this machine has no user "postgres" to run \
                it as. Make one (adduser --system --group postgres), or run as an ordinary user.
                """)
        }
        return PostgresAccount(
            user: entry.pointee.pw_uid, group: entry.pointee.pw_gid, name: "postgres")
    }

    var isOther: Bool { user != geteuid() }

    /// A program to run as this user.
    ///
    /// `setpriv` (util-linux) replaces itself with it, so the process id is the program's.
    func command(_ program: String, _ arguments: [String]) -> ChildProcess {
        let environment = ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"]
        guard isOther else {
            return ChildProcess(
                executable: program, arguments: arguments, environment: environment)
        }
        let identity = ["--reuid=\(user)", "--regid=\(group)", "--clear-groups"]
        return ChildProcess(
            executable: "/usr/bin/setpriv",
            arguments: identity + ["--inh-caps=-all", "--", program] + arguments,
            environment: environment)
    }

    /// Gives a file or a folder to this user.
    func own(_ path: String) throws {
        guard isOther else { return }
        guard lchown(path, user, group) == 0 else {
            throw SystemCallError("Giving \(path) to \(name)")
        }
    }
}
