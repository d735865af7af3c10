import Foundation
import FunctionRuntime
import Glibc
import Synchronization

/// A server that does to a client what a test says, on a free port of this machine.
///
/// Each connection gets a thread. A step answers one request; the last one answers all that follow.
final class FaultServer: Sendable {
    /// What a client sent.
    struct Received: Sendable {
        var line: String
        var headers: Headers
        var body: [UInt8]
        /// Counts connections from 1.
        var connection: Int
    }

    /// What happens to a request.
    enum Step: Sendable {
        /// Writes these bytes as they are; the connection stays open.
        case answer(String)
        /// Writes these bytes, and closes.
        case cutOff(String)
        /// Says nothing until the client goes away.
        case silence
        /// Writes this head, and then zeros until the client goes away.
        case endless(String)
    }

    let port: Int
    private let listener: Int32
    private let steps: [Step]
    private let seen = Mutex<(connections: Int, requests: [Received])>((0, []))

    init(_ steps: Step...) throws {
        self.steps = steps
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let status = withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, size) + listen(listener, 16) + getsockname(listener, $0, &size)
            }
        }
        guard status == 0 else { throw TestError("No port can be listened on.") }
        port = Int(in_port_t(bigEndian: address.sin_port))
        signal(SIGPIPE, SIG_IGN)
        Thread.detachNewThread { [weak self] in
            while case let client = accept(listener, nil, nil), client >= 0 {
                guard let self else {
                    close(client)
                    continue
                }
                let number = self.seen.withLock { seen in
                    seen.connections += 1
                    return seen.connections
                }
                Thread.detachNewThread { self.serve(client, number) }
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    var url: String { "http://127.0.0.1:\(port)" }
    var requests: [Received] { seen.withLock { $0.requests } }
    var connections: Int { seen.withLock { $0.connections } }

    private func serve(_ client: Int32, _ number: Int) {
        defer { close(client) }
        var input: [UInt8] = []
        while let request = Self.read(from: client, &input, number) {
            let place = seen.withLock { seen in
                seen.requests.append(request)
                return seen.requests.count - 1
            }
            guard Self.carryOut(steps[min(place, steps.count - 1)], client) else { return }
        }
    }

    /// Reads one request with its body.
    private static func read(
        from client: Int32, _ input: inout [UInt8], _ number: Int
    ) -> Received? {
        var text = String(decoding: input, as: UTF8.self)
        while !text.contains("\r\n\r\n") {
            guard more(from: client, &input) else { return nil }
            text = String(decoding: input, as: UTF8.self)
        }
        let head = text.components(separatedBy: "\r\n\r\n")[0]
        var lines = head.components(separatedBy: "\r\n")
        let line = lines.removeFirst()
        var headers = Headers()
        for line in lines {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers.append(
                String(parts[0]), parts.count > 1 ? String(parts[1].drop { $0 == " " }) : "")
        }
        input.removeFirst(head.utf8.count + 4)
        if headers["expect"] != nil { _ = write("HTTP/1.1 100 Continue\r\n\r\n", to: client) }
        let length = headers["content-length"].flatMap { Int($0) } ?? 0
        while input.count < length {
            guard more(from: client, &input) else { return nil }
        }
        let body = Array(input.prefix(length))
        input.removeFirst(length)
        return Received(line: line, headers: headers, body: body, connection: number)
    }

    private static func more(from client: Int32, _ input: inout [UInt8]) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(client, &buffer, buffer.count, 0)
        guard count > 0 else { return false }
        input += buffer[..<count]
        return true
    }

    private static func write(_ text: String, to client: Int32) -> Bool {
        let bytes = Array(text.utf8)
        return send(client, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
    }

    /// - Returns: whether the connection stays.
    private static func carryOut(_ step: Step, _ client: Int32) -> Bool {
        switch step {
        case .answer(let text): return write(text, to: client)
        case .cutOff(let text):
            _ = write(text, to: client)
            return false
        case .silence:
            var rest: [UInt8] = []
            while more(from: client, &rest) {}
            return false
        case .endless(let head):
            let zeros = String(repeating: "0", count: 1 << 14)
            guard write(head, to: client) else { return false }
            while write(zeros, to: client) {}
            return false
        }
    }
}

extension FaultServer.Step {
    /// A whole answer with a body.
    static func status(_ status: Int, _ body: String = "", _ headers: String = "") -> Self {
        .answer(
            "HTTP/1.1 \(status) Words\r\ncontent-length: \(body.utf8.count)\r\n\(headers)\r\n\(body)"
        )
    }
}
