import Foundation
import Glibc
import Synchronization

@testable import LocalRunner

/// Programs that the tests keep running beside them, such as a web server, and their files.
///
/// The programs are started under the runner's own guard, so that they end when the test process
/// does, whatever ends it. The files lie in one folder, named after the test process. It is removed
/// when that ends in good order, and else by the next one.
public enum Children {
    static let processes = Result {
        try Guard(executable: Repository.build + "/local-runner") { _ in ended.signal() }
    }
    private static let ended = DispatchSemaphore(value: 0)

    /// Starts a program whose output goes to a log.
    ///
    /// - Parameters:
    ///   - command: the path of the program and its arguments.
    ///   - environment: the whole of it.
    ///   - log: the file that its output and errors are added to.
    /// - Returns: whether it still runs, for as long as it is asked.
    /// - Throws: where it cannot be started.
    public static func start(
        _ command: [String], environment: [String: String] = [:], log: String
    ) throws -> @Sendable () -> Bool {
        guard let path = command.first else { throw TestError("There is no program to start.") }
        let child = ChildProcess(
            executable: path, arguments: Array(command.dropFirst()), environment: environment,
            standardOutput: .file(log), standardError: .file(log))
        let isRunning = Flag()
        _ = try processes.get().spawn(child) { _ in isRunning.value.store(false, ordering: .relaxed)
        }
        return { isRunning.value.load(ordering: .relaxed) }
    }

    private final class Flag: Sendable {
        let value = Atomic(true)
    }

    /// Makes a new folder.
    ///
    /// Its path is short, as a socket's may have no more than 107 bytes.
    public static func folder(_ name: String) throws -> String {
        let path = try root.get() + "/" + name
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        return path
    }

    /// Whether the files lie in memory.
    ///
    /// They do where there is a gigabyte to spare; the databases take a tenth of it. In a container
    /// there often is not.
    static let areInMemory: Bool = {
        var status = statvfs()
        guard statvfs("/dev/shm", &status) == 0, access("/dev/shm", W_OK) == 0 else { return false }
        return status.f_bavail * status.f_frsize > 1 << 30
    }()

    private static let prefix = "apus-test-"

    private static let root = Result {
        for folder in ["/dev/shm", "/tmp"] { removeLeftovers(in: folder) }
        let path = "\(areInMemory ? "/dev/shm" : "/tmp")/\(prefix)\(getpid())"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o755])
        atexit { Children.end() }
        return path
    }

    private static func removeLeftovers(in folder: String) {
        for name in Repository.names(in: folder) where name.hasPrefix(prefix) {
            guard let process = pid_t(name.dropFirst(prefix.count)), kill(process, 0) != 0,
                errno == ESRCH
            else { continue }
            try? FileManager.default.removeItem(atPath: "\(folder)/\(name)")
        }
    }

    private static func end() {
        if let processes = try? processes.get() {
            processes.stop()
            _ = ended.wait(timeout: .now() + 20)
        }
        if let root = try? root.get() { try? FileManager.default.removeItem(atPath: root) }
    }
}
