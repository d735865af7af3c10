import Foundation
import Glibc

/// Sees to it that one process at a time runs on a state folder.
///
/// The lock is `flock(2)` on `STATE/lock`: the kernel lets it go with the process, however that
/// ends, so nothing stale can be left behind. The file's text says who holds it; it is written by
/// the holder, and means something only while the lock is held:
///
///     4711 8787 up
final class StateLock: Sendable {
    /// Who holds the lock.
    struct Holder: Sendable, Equatable {
        var pid: pid_t
        /// 0 where it does not serve.
        var port: Int
        /// The subcommand that it runs.
        var command: String

        /// Completes a sentence that starts with who it is about.
        var description: String {
            port == 0
                ? "\"local-runner \(command)\", process \(pid)"
                : "process \(pid) at http://localhost:\(port)"
        }
    }

    private let descriptor: Int32

    private init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Takes the lock.
    ///
    /// - Throws: ``RunnerError`` that names the holder, where another process has it.
    static func take(in state: StateFolder, port: Int, command: String) throws -> StateLock {
        guard let lock = try takeIfFree(in: state, port: port, command: command) else {
            let holder = holder(in: state)
            throw RunnerError(
                """
                The state folder \(state.path) is in use by \
                \(holder?.description ?? "another process"). \
                "local-runner stop" ends it; --state and --port run a second copy beside it.
                """)
        }
        return lock
    }

    /// Takes the lock, or gives nil where another process has it.
    static func takeIfFree(in state: StateFolder, port: Int, command: String) throws -> StateLock? {
        let path = state.file("lock")
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw SystemCallError("Opening \(path)") }
        let lock = StateLock(descriptor: descriptor)
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            guard errno == EWOULDBLOCK else { throw SystemCallError("Locking \(path)") }
            return nil
        }
        try lock.note(port: port, command: command)
        return lock
    }

    /// Writes down who holds the lock.
    func note(port: Int, command: String) throws {
        let line = "\(getpid()) \(port) \(command)\n"
        ftruncate(descriptor, 0)
        guard pwrite(descriptor, line, line.utf8.count, 0) == line.utf8.count else {
            throw SystemCallError("Writing the lock file")
        }
    }

    /// Whether somebody holds the lock.
    static func isHeld(in state: StateFolder) throws -> Bool {
        let path = state.file("lock")
        let descriptor = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            guard errno == ENOENT else { throw SystemCallError("Opening \(path)") }
            return false
        }
        // Closing it lets go of a lock that was free.
        defer { close(descriptor) }
        return flock(descriptor, LOCK_EX | LOCK_NB) != 0
    }

    /// Who says that he holds the lock; ask only while it is held.
    static func holder(in state: StateFolder) -> Holder? {
        guard let bytes = try? state.read("lock") else { return nil }
        let words = String(decoding: bytes, as: UTF8.self)
            .split(maxSplits: 2, whereSeparator: \.isWhitespace)
        guard words.count == 3, let pid = pid_t(words[0]), let port = Int(words[1]) else {
            return nil
        }
        let command = words[2].trimmingCharacters(in: .whitespacesAndNewlines)
        return Holder(pid: pid, port: port, command: command)
    }
}
