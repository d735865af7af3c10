import Foundation
import Glibc

/// Finds out whether a port can be listened on, before anything is started that would have to be
/// stopped again.
enum PortCheck {
    /// - Throws: ``RunnerError`` that names the program that has it, where the system tells.
    static func run(port: Int) throws {
        guard port > 0 else { return }
        switch tryBinding(port) {
        case 0, EADDRNOTAVAIL: return
        case EADDRINUSE:
            throw RunnerError(
                """
                Port \(port) is in use by \(holder(of: port) ?? "another program"). \
                --port chooses another.
                """)
        case let code:
            throw RunnerError(
                "Port \(port) cannot be listened on: \(String(cString: strerror(code))).")
        }
    }

    /// A port of the loopback that nobody listens on; the system chooses it.
    static func freePort() throws -> Int {
        let descriptor = makeSocket()
        defer { close(descriptor) }
        guard descriptor >= 0, tryBinding(0, descriptor) == 0 else {
            throw SystemCallError("Looking for a free port")
        }
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getsockname(descriptor, $0, &length)
            }
        }
        guard status == 0 else { throw SystemCallError("Looking for a free port") }
        return Int(in_port_t(bigEndian: address.sin_port))
    }

    private static func makeSocket() -> Int32 {
        socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    }

    private static func tryBinding(_ port: Int) -> Int32 {
        let descriptor = makeSocket()
        guard descriptor >= 0 else { return errno }
        defer { close(descriptor) }
        return tryBinding(port, descriptor)
    }

    /// - Returns: 0, or the error's code.
    private static func tryBinding(_ port: Int, _ descriptor: Int32) -> Int32 {
        // As the server does: connections of a former one that are still closing do not count.
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0, listen(descriptor, 1) == 0 else { return errno }
        return 0
    }

    /// Program and process id, from the kernel's table of sockets; nil where another user has it.
    private static func holder(of port: Int) -> String? {
        guard let socket = listeningSocket(on: port) else { return nil }
        let manager = FileManager.default
        let processes = (try? manager.contentsOfDirectory(atPath: "/proc")) ?? []
        for pid in processes.compactMap({ pid_t($0) }) {
            let folder = "/proc/\(pid)/fd"
            let descriptors = (try? manager.contentsOfDirectory(atPath: folder)) ?? []
            let hasIt = descriptors.contains {
                (try? manager.destinationOfSymbolicLink(atPath: "\(folder)/\($0)")) == socket
            }
            if hasIt {
                let name = (try? String(contentsOfFile: "/proc/\(pid)/comm", encoding: .utf8)) ?? ""
                return "\(name.trimmingCharacters(in: .newlines)) (process \(pid))"
            }
        }
        return nil
    }

    /// The name of the socket as links in /proc have it, such as `socket:[4711]`.
    private static func listeningSocket(on port: Int) -> String? {
        for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
            let lines = (try? String(contentsOfFile: table, encoding: .utf8)) ?? ""
            for line in lines.split(separator: "\n").dropFirst() {
                // "0: 0100007F:2253 00000000:0000 0A …"; the tenth field is the inode, 0A is LISTEN.
                let fields = line.split(separator: " ")
                guard fields.count > 9, fields[3] == "0A",
                    let hexadecimal = fields[1].split(separator: ":").last,
                    Int(hexadecimal, radix: 16) == port
                else { continue }
                return "socket:[\(fields[9])]"
            }
        }
        return nil
    }
}
