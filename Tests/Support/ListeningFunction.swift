import Glibc

@testable import LocalRunner

/// A function whose descriptor 0 is a listening socket, as servers start FastCGI programs.
///
/// It runs until it is told to end, or the tests end.
public final class ListeningFunction: Sendable {
    private let process: pid_t
    private let ending = Ending()

    /// - Parameters:
    ///   - executable: the function's path.
    ///   - environment: the whole of it.
    ///   - socket: a path for its socket, where nothing is.
    ///   - errors: a file that its log is added to.
    /// - Throws: where it cannot be started.
    public convenience init(
        _ executable: String, environment: [String: String] = [:], socket: String, errors: String
    ) throws {
        let listener = try Self.listener(at: socket)
        defer { close(listener) }
        try self.init(executable, environment: environment, listener: listener, errors: errors)
    }

    /// The listener becomes its descriptor 0; the caller closes its own.
    public init(
        _ executable: String, environment: [String: String], listener: Int32, errors: String
    ) throws {
        let child = ChildProcess(
            executable: executable, environment: environment,
            standardInput: .descriptor(listener), standardOutput: .null,
            standardError: .file(errors))
        process = try Children.processes.get().spawn(child) { [ending] in ending.end($0) }
    }

    public func signal(_ number: Int32) {
        if let processes = try? Children.processes.get() {
            processes.kill(process, signal: number)
        }
    }

    /// How often it has waited for something.
    public var waits: Int {
        get throws {
            let status = try Repository.bytes(of: "/proc/\(process)/status")
            let line = String(decoding: status, as: UTF8.self).split(separator: "\n")
                .first { $0.hasPrefix("voluntary_ctxt_switches:") }
            return line?.split(separator: "\t").last.flatMap { Int($0) } ?? 0
        }
    }

    /// As a shell has it: the exit code, or 128 and the signal's number; nil while it runs.
    public var exitCode: Int32? {
        guard ending.isThere else { return nil }
        return switch ending.wait() {
        case .exited(let code): code
        case .signaled(let signal): 128 + signal
        }
    }

    /// Makes a socket that listens at a path.
    public static func listener(at path: String) throws -> Int32 {
        let descriptor = socket(
            AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(107)) }
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard code == 0, listen(descriptor, 128) == 0 else {
            close(descriptor)
            throw TestError("Nothing can listen at \(path).")
        }
        return descriptor
    }
}
