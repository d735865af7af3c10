import Foundation
import FunctionCrypto
import Glibc

/// Where the cluster lives: `STATE/postgres`, which holds the socket and the folder `data`.
///
/// Two things can stand in the way. A socket's path has at most 107 bytes (unix(7)); and where the
/// runner is root, the user that PostgreSQL runs as must be able to get there, which below /root
/// he cannot. The folder is then `/var/tmp/apus-<hash of the state folder's path>`, and
/// `STATE/postgres` a symbolic link to it.
struct ClusterFolder: Sendable {
    /// Where it really is.
    let path: String
    /// Why it is not in the state folder, for the terminal; nil where it is.
    let reason: String?

    var data: String { "\(path)/data" }
    /// PostgreSQL's own file about the server that runs on the data.
    var postmasterFile: String { "\(data)/postmaster.pid" }
    /// Whether `initdb` has been through.
    var isInitialized: Bool { access("\(data)/PG_VERSION", F_OK) == 0 }

    /// The major version that made the data.
    var version: Int? {
        let text = try? String(contentsOfFile: "\(data)/PG_VERSION", encoding: .utf8)
        return text.flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }

    private static let socketLimit = 107

    /// Where the cluster of a state folder is; nil where it has none yet.
    static func existing(in state: StateFolder) -> ClusterFolder? {
        let link = state.file("postgres")
        let path = URL(fileURLWithPath: link).resolvingSymlinksInPath().path
        guard access("\(path)/data/PG_VERSION", F_OK) == 0 else { return nil }
        let reason = path == link ? nil : "it was moved there when it was made"
        return ClusterFolder(path: path, reason: reason)
    }

    /// Makes the folder, empty, in the best place.
    ///
    /// What another user may do is found out by programs
    /// that run as he.
    static func make(
        in state: StateFolder, for account: PostgresAccount, processes: Guard
    ) throws -> ClusterFolder {
        let link = state.file("postgres")
        // A link whose target is gone, or what an interrupted initdb has left.
        unlink(link)
        if let reason = try obstacle(to: link, in: state, for: account, processes) {
            let folder = ClusterFolder(path: substitute(for: state), reason: reason)
            try folder.create(for: account)
            guard symlink(folder.path, link) == 0 else { throw SystemCallError("Linking \(link)") }
            return folder
        }
        let folder = ClusterFolder(path: link, reason: nil)
        try folder.create(for: account)
        return folder
    }

    /// A folder of this name belongs to this state folder alone.
    ///
    /// One that is there already is what remains of a state folder that was deleted.
    static func substitute(for state: StateFolder) -> String {
        "/var/tmp/apus-" + Hex.encode(Hash.sha256.digest(of: state.path)).prefix(16)
    }

    private static func obstacle(
        to path: String, in state: StateFolder, for account: PostgresAccount, _ processes: Guard
    ) throws -> String? {
        guard "\(path)/.s.PGSQL.5432.lock".utf8.count <= socketLimit else {
            return "the state folder's path is too long for a socket"
        }
        guard account.isOther else { return nil }
        if try reaches(state.path, account, processes) { return nil }
        // The folder itself is the runner's to open; its group may then pass, and do nothing else.
        var status = stat()
        if stat(state.path, &status) == 0, status.st_uid == geteuid(),
            status.st_mode & 0o777 == 0o700
        {
            guard chown(state.path, uid_t.max, account.group) == 0, chmod(state.path, 0o710) == 0
            else { throw SystemCallError("Letting \(account.name) into \(state.path)") }
        }
        if try reaches(state.path, account, processes) { return nil }
        return "\(account.name), who runs PostgreSQL, cannot reach the state folder"
    }

    private static func reaches(
        _ path: String, _ account: PostgresAccount, _ processes: Guard
    ) throws -> Bool {
        try processes.run(account.command("/usr/bin/test", ["-x", path])) == .exited(0)
    }

    private func create(for account: PostgresAccount) throws {
        if FileManager.default.fileExists(atPath: path) {
            // Anybody may make files in /var/tmp; what is not ours is not to be trusted.
            var status = stat()
            guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR,
                status.st_uid == account.user || status.st_uid == geteuid()
            else {
                throw RunnerError("\(path) is not a folder of \(account.name); remove it first.")
            }
            try FileManager.default.removeItem(atPath: path)
        }
        guard mkdir(path, 0o700) == 0 else { throw SystemCallError("Making \(path)") }
        try account.own(path)
    }
}
