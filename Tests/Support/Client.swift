import Foundation

/// An HTTP client that sends exactly the bytes it is given.
final class Client {
    struct Failed: Error {
        var operation: String
        var code = errno
    }

    private let descriptor: Int32
    private var received: [UInt8] = []

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        // Nothing in a test takes as long; what does has failed.
        var timeout = timeval(tv_sec: 20, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            let size = socklen_t(MemoryLayout<timeval>.size)
            setsockopt(descriptor, SOL_SOCKET, option, &timeout, size)
        }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Failed(operation: "connect") }
    }

    deinit {
        close(descriptor)
    }

    func write(_ text: String) throws {
        try write(Array(text.utf8))
    }

    func write(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failed(operation: "write") }
            rest = rest.dropFirst(count)
        }
    }

    /// Says that nothing more will be sent.
    func finish() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// The next response; its body is as long as Content-Length says.
    func reply(isHead: Bool = false) throws -> Reply {
        var reply = try head()
        let hasBody = !isHead && reply.status >= 200 && reply.status != 204 && reply.status != 304
        let length = hasBody ? Int(reply["content-length"] ?? "") ?? 0 : 0
        while received.count < length, try receive() {}
        reply.body = Array(received.prefix(length))
        received.removeFirst(min(length, received.count))
        return reply
    }

    /// The next response without its body, which is left to be read.
    func head() throws -> Reply {
        let end = Array("\r\n\r\n".utf8)
        var headEnd: Int?
        while headEnd == nil {
            headEnd = received.firstRange(of: end)?.upperBound
            if headEnd == nil, try !receive() { throw Failed(operation: "read", code: 0) }
        }
        let count = headEnd ?? 0
        let reply = Reply(head: String(decoding: received[..<count], as: UTF8.self))
        received.removeFirst(count)
        return reply
    }

    /// The next chunk of a body (RFC 9112 §7.1); the last is empty.
    func chunk() throws -> String {
        let size = try line()
        guard let count = Int(size, radix: 16) else { throw Failed(operation: "chunk", code: 0) }
        while received.count < count + 2 {
            guard try receive() else { throw Failed(operation: "read", code: 0) }
        }
        let text = String(decoding: received[..<count], as: UTF8.self)
        guard received[count..<(count + 2)].elementsEqual([0x0D, 0x0A]) else {
            throw Failed(operation: "chunk", code: 0)
        }
        received.removeFirst(count + 2)
        return text
    }

    /// The next line, without its end.
    private func line() throws -> String {
        while true {
            if let end = received.firstRange(of: [0x0D, 0x0A]) {
                defer { received.removeFirst(end.upperBound) }
                return String(decoding: received[..<end.lowerBound], as: UTF8.self)
            }
            guard try receive() else { throw Failed(operation: "read", code: 0) }
        }
    }

    /// So many bytes.
    func bytes(_ count: Int) throws -> String {
        while received.count < count, try receive() {}
        defer { received.removeFirst(min(count, received.count)) }
        return String(decoding: received.prefix(count), as: UTF8.self)
    }

    /// Everything until the server closes the connection.
    func rest() throws -> String {
        while try receive() {}
        defer { received = [] }
        return String(decoding: received, as: UTF8.self)
    }

    /// Whether the server has closed the connection and sent nothing more before it.
    func isClosed() throws -> Bool {
        try received.isEmpty && !receive()
    }

    private func receive() throws -> Bool {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count >= 0 else { throw Failed(operation: "read") }
        received += buffer[..<count]
        return count > 0
    }
}

/// A response as it came.
struct Reply {
    var status: Int
    /// Names in lower case.
    var fields: [(name: String, value: String)]
    var body: [UInt8] = []

    init(head: String) {
        let lines = head.split(separator: "\r\n")
        status = lines.first.flatMap { Int($0.split(separator: " ")[1]) } ?? 0
        fields = lines.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            return (parts[0].lowercased(), parts[1].drop { $0 == " " }.description)
        }
    }

    var text: String { String(decoding: body, as: UTF8.self) }

    subscript(name: String) -> String? { all(name).first }

    func all(_ name: String) -> [String] {
        fields.filter { $0.name == name }.map(\.value)
    }
}
