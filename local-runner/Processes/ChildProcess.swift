import CLinux
import Glibc

/// A program to start, with exactly the environment, streams and group that are named here.
///
/// It starts by `posix_spawn`, which costs the same however large the runner has grown, where
/// `fork` would copy its page tables. The child gets the default action of every signal, none
/// blocked, and no descriptor but its three streams.
struct ChildProcess: Sendable {
    /// What one of the three standard streams is.
    enum Stream: Sendable {
        /// The runner's own.
        case inherited
        /// Nothing to read; what is written is dropped.
        case null
        /// One end of a pipe or of a socket pair; the caller closes its copy after the start.
        case descriptor(Int32)
        /// A file to append to, made where there is none.
        case file(String)
    }

    /// The path of the program; it is not searched for.
    var executable: String
    /// Without the program's own name.
    var arguments: [String] = []
    var environment: [String: String] = [:]
    var workingDirectory: String?
    var standardInput = Stream.null
    var standardOutput = Stream.inherited
    var standardError = Stream.inherited

    /// Starts it.
    ///
    /// - Parameter group: the process group to join; 0 makes a new one that it leads.
    /// - Returns: its process id. Whoever starts it must wait for it.
    /// - Throws: ``SystemCallError``, such as for a program that does not exist.
    func spawn(group: pid_t) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        Self.set(standardInput, as: STDIN_FILENO, in: &actions)
        Self.set(standardOutput, as: STDOUT_FILENO, in: &actions)
        Self.set(standardError, as: STDERR_FILENO, in: &actions)
        posix_spawn_file_actions_addclosefrom_np(&actions, 3)
        if let workingDirectory {
            posix_spawn_file_actions_addchdir_np(&actions, workingDirectory)
        }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        Self.resetSignals(in: &attributes)
        posix_spawnattr_setpgroup(&attributes, group)
        posix_spawnattr_setflags(
            &attributes,
            Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))

        let argumentVector = CStrings([executable] + arguments)
        let environmentVector = CStrings(environment.map { "\($0)=\($1)" })
        var pid: pid_t = 0
        let code = posix_spawn(
            &pid, executable, &actions, &attributes, argumentVector.pointers,
            environmentVector.pointers)
        guard code == 0 else { throw SystemCallError("Starting \(executable)", code: code) }
        return pid
    }

    private static func set(
        _ stream: Stream, as descriptor: Int32, in actions: inout posix_spawn_file_actions_t
    ) {
        switch stream {
        case .inherited: break
        case .null:
            posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
        case .descriptor(let end):
            posix_spawn_file_actions_adddup2(&actions, end, descriptor)
        case .file(let path):
            posix_spawn_file_actions_addopen(
                &actions, descriptor, path, O_WRONLY | O_APPEND | O_CREAT, 0o600)
        }
    }

    private static func resetSignals(in attributes: inout posix_spawnattr_t) {
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
    }
}

/// A null-terminated array of C strings, freed with this object.
private final class CStrings {
    let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private let count: Int

    init(_ strings: [String]) {
        count = strings.count
        pointers = .allocate(capacity: count + 1)
        for (index, string) in strings.enumerated() { pointers[index] = strdup(string) }
        pointers[count] = nil
    }

    deinit {
        for index in 0..<count { free(pointers[index]) }
        pointers.deallocate()
    }
}
