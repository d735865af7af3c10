import Foundation
import Glibc

/// A private Redis of the test process, on a socket in a folder that goes with the process.
public struct TestRedis: Sendable {
    /// The one that most tests share; each has a prefix of its own.
    public static let shared = Result { try TestRedis("redis") }

    /// Its address, for `REDIS_URL`.
    public var url: String { "unix:" + socket }

    private let socket: String

    public init(_ name: String) throws {
        let program = ["/usr/bin", "/usr/local/bin"].map { $0 + "/redis-server" }
            .first { access($0, X_OK) == 0 }
        guard let program else {
            throw TestError("redis-server is not installed; Tests/install installs it.")
        }
        let folder = try Children.folder(name)
        socket = folder + "/socket"
        let isRunning = try Children.start(
            [
                program, "--port", "0", "--unixsocket", socket, "--unixsocketperm", "777",
                "--save", "", "--appendonly", "no", "--dir", folder,
            ], log: folder + "/log")
        for _ in 0..<1000 {
            if Self.accepts(socket) { return }
            guard isRunning() else { break }
            usleep(10_000)
        }
        throw TestError("Redis did not start; \(folder)/log may say why.")
    }

    private static func accepts(_ path: String) -> Bool {
        let descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        } == 0
    }
}
