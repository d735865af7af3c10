public import FunctionRuntime
import Glibc

@testable public import LocalRunner

/// A client that sends exactly what it is told, over a Unix socket or loopback, one request a
/// connection.
///
/// Written on sockets because a library would normalize paths, add headers of its own and refuse
/// what a test wants to send.
public struct HTTPClient: Sendable {
    public enum Address: Sendable {
        case socket(path: String)
        case port(Int)
    }

    public var address: Address

    public init(_ address: Address) {
        self.address = address
    }

    /// An answer that has not come after so many seconds fails its test.
    private static let patience = 60

    /// Sends a request and reads its answer.
    ///
    /// - Parameters:
    ///   - method: as it is to stand in the request line.
    ///   - target: path and query, escaped.
    ///   - headers: as they are; `connection: close` and, for a body, its length are added.
    ///   - body: the whole of it.
    /// - Returns: the answer, chunks joined.
    /// - Throws: ``TestError`` where nobody listens or what comes is not HTTP.
    public func send(
        _ method: String, _ target: String, headers: Headers = [:], body: [UInt8] = []
    ) throws -> FunctionAnswer {
        try begin(method, target, headers: headers, body: body).answer()
    }

    /// Sends a request, and leaves its answer to be read later.
    public func begin(
        _ method: String, _ target: String, headers: Headers = [:], body: [UInt8] = []
    ) throws -> Exchange {
        var head = "\(method) \(target) HTTP/1.1\r\n"
        for field in headers.fields { head += "\(field.name): \(field.value)\r\n" }
        // A client says that the content it could send is empty (RFC 9110 §8.6).
        if !body.isEmpty || ["POST", "PUT", "PATCH"].contains(method) {
            head += "content-length: \(body.count)\r\n"
        }
        let exchange = Exchange(descriptor: try connect(), method: method)
        exchange.send(Array((head + "connection: close\r\n\r\n").utf8) + body)
        return exchange
    }

    /// A request under way, on a connection of its own.
    public final class Exchange: Sendable {
        private let descriptor: Int32
        private let method: String

        fileprivate init(descriptor: Int32, method: String) {
            self.descriptor = descriptor
            self.method = method
        }

        deinit {
            close(descriptor)
        }

        fileprivate func send(_ bytes: [UInt8]) {
            var sent = 0
            while sent < bytes.count {
                let count = bytes[sent...].withUnsafeBytes {
                    Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                // A server may answer, and close, before it has read a body that it refuses.
                guard count > 0 else { return }
                sent += count
            }
        }

        /// Ends the connection without waiting for an answer.
        public func leave() {
            shutdown(descriptor, Int32(SHUT_RDWR))
        }

        /// Reads until the server closes.
        public func answer() throws -> FunctionAnswer {
            var answer: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = recv(descriptor, &buffer, buffer.count, 0)
                if count > 0 {
                    answer += buffer[..<count]
                } else if count == 0 || errno != EINTR {
                    return try FunctionAnswer(http: answer, method: method)
                }
            }
        }
    }

    /// Whether a server listens.
    public var isAnswered: Bool {
        guard let descriptor = try? connect() else { return false }
        close(descriptor)
        return true
    }

    func connect() throws -> Int32 {
        let isUnix = if case .socket = address { true } else { false }
        let descriptor = socket(
            isUnix ? AF_UNIX : AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var limit = timeval(tv_sec: Self.patience, tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        let code =
            switch address {
            case .socket(let path): Self.connect(descriptor, path: path)
            case .port(let port): Self.connect(descriptor, port: port)
            }
        guard code == 0 else {
            let words = String(cString: strerror(errno))
            close(descriptor)
            throw TestError("No connection to \(address): \(words).")
        }
        return descriptor
    }

    private static func connect(_ descriptor: Int32, path: String) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(107)) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    private static func connect(_ descriptor: Int32, port: Int) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
