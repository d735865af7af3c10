import Foundation
import Glibc

/// The folder in which everything lives that the runner keeps: PostgreSQL's cluster, passwords,
/// the lock, what functions say of themselves.
///
/// Nobody else on the machine may read it. Deleting it, with nothing running, starts afresh.
struct StateFolder: Sendable {
    /// Absolute.
    let path: String

    /// Makes the folder where there is none.
    ///
    /// - Throws: ``RunnerError`` where it cannot be written to.
    init(_ path: String) throws {
        let url = URL(fileURLWithPath: path).standardizedFileURL
        do {
            try FileManager.default.createDirectory(
                at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw RunnerError(
                "The state folder \(url.path) cannot be made: \(error.localizedDescription)")
        }
        self.path = url.resolvingSymlinksInPath().path
        guard access(self.path, R_OK | W_OK | X_OK) == 0 else {
            throw RunnerError(
                """
                The state folder \(self.path) cannot be written to. If another user (root?) has \
                made it, run as that user, or name another folder with --state.
                """)
        }
    }

    /// Names the state folder whose addresses the environment holds (`local-runner env`).
    static let variable = "APUS_STATE"

    /// A variable of the environment, unless it is this state's own address that came back.
    func external(_ variable: String) -> String? {
        if let own = getenv(Self.variable), String(cString: own) == path { return nil }
        return getenv(variable).map { String(cString: $0) }
    }

    /// The path of something in it.
    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Replaces a file, readable to this user alone, so that a crash leaves the old or the new one.
    func write(_ bytes: [UInt8], to name: String) throws {
        let temporary = file(".\(name).\(getpid())")
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SystemCallError("Writing \(temporary)") }
        defer { close(descriptor) }
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count,
            fsync(descriptor) == 0, rename(temporary, file(name)) == 0
        else { throw SystemCallError("Writing \(file(name))") }
    }

    /// What a file holds; nil where there is none.
    func read(_ name: String) throws -> [UInt8]? {
        guard FileManager.default.fileExists(atPath: file(name)) else { return nil }
        return Array(try Data(contentsOf: URL(fileURLWithPath: file(name))))
    }
}
