import Glibc

/// HTTP/1.1 to Lambda's Runtime API, one request after another on a connection that is kept.
///
/// It is written here because nothing else fits: a wholly static executable cannot load libcurl, and
/// libcurl's initialization alone takes longer than such a function's start. It knows what
/// that one server speaks: no TLS, no names but addresses, no redirects.
struct LambdaConnection {
    struct Response {
        var status: Int
        var headers: Headers
        var body: [UInt8]
    }

    /// Why there is no answer.
    struct Problem: Error, CustomStringConvertible {
        var description: String
    }

    private let host: String
    private let port: UInt16
    private var socket: Int32 = -1
    /// What has been read and is no answer yet.
    private var input: [UInt8] = []

    /// - Parameters:
    ///   - host: an IPv4 address, or `localhost`.
    ///   - port: of TCP.
    init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// Sends a request, and waits for its answer for as long as that takes.
    ///
    /// A server may close a connection that has been idle. So what gets no byte of an answer on a
    /// connection that has been used before is sent again on a new one.
    ///
    /// - Throws: ``Problem`` where the server cannot be reached, or its answer is not whole.
    mutating func send(
        _ method: String, _ path: String, _ headers: [(String, String)] = [], body: [UInt8] = []
    ) throws -> Response {
        var request = "\(method) \(path) HTTP/1.1\r\nhost: \(host):\(port)\r\nuser-agent: apus\r\n"
        for (name, value) in headers { request += "\(name): \(value)\r\n" }
        if method == "POST" { request += "content-length: \(body.count)\r\n" }
        let bytes = Array((request + "\r\n").utf8) + body
        if socket >= 0 {
            Descriptor.write(bytes, to: socket)
            if receive() { return try response() }
            disconnect()
        }
        try connect()
        Descriptor.write(bytes, to: socket)
        return try response()
    }

    private mutating func connect() throws {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        guard inet_pton(AF_INET, host == "localhost" ? "127.0.0.1" : host, &address.sin_addr) == 1
        else { throw Problem(description: "\(host) is not an IPv4 address.") }
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        let status = withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else {
            let problem = Problem(
                description:
                    "\(host):\(port) cannot be reached: \(String(cString: strerror(errno))).")
            disconnect()
            throw problem
        }
    }

    private mutating func disconnect() {
        close(socket)
        socket = -1
        input = []
    }

    /// Reads what is there; false at the end.
    private mutating func receive() -> Bool {
        Descriptor.read(from: socket, into: &input, limit: 1 << 16)
    }

    private mutating func receiveMore() throws {
        guard receive() else {
            disconnect()
            throw Problem(description: "The connection ended before the answer did.")
        }
    }

    /// Reads one answer (RFC 9112 §6), and closes the connection where nothing can follow on it.
    private mutating func response() throws -> Response {
        var head = try head()
        while (100..<200).contains(head.status) { head = try self.head() }
        let length = head.headers["content-length"]
        if head.headers["transfer-encoding"]?.lowercased() == "chunked" {
            head.body = try chunks()
        } else if let length = length.flatMap({ Int($0) }), length >= 0 {
            head.body = try take(length)
        } else if head.status != 204, head.status != 304 {
            while receive() {}
            head.body = input
            disconnect()
            return head
        }
        if head.headers["connection"]?.lowercased() == "close" { disconnect() }
        return head
    }

    private mutating func head() throws -> Response {
        let status = try line().split(separator: " ", maxSplits: 2)
        guard status.count > 1, status[0].hasPrefix("HTTP/1."), let code = Int(status[1]) else {
            throw Problem(description: "What came is not an answer in HTTP/1.1.")
        }
        var response = Response(status: code, headers: Headers(), body: [])
        while case let line = try line(), !line.isEmpty {
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else {
                throw Problem(description: "\"\(line)\" is not a header field.")
            }
            let value = parts[1].drop { $0 == " " || $0 == "\t" }
            response.headers.append(String(parts[0]), String(value))
        }
        return response
    }

    /// A body in chunks (RFC 9112 §7.1); extensions and trailers are passed over.
    private mutating func chunks() throws -> [UInt8] {
        var body: [UInt8] = []
        while true {
            let size = try line().prefix { $0 != ";" && $0 != " " }
            guard let count = Int(size, radix: 16), count >= 0 else {
                throw Problem(description: "\"\(size)\" is not the size of a chunk.")
            }
            guard count > 0 else { break }
            body += try take(count)
            guard try line().isEmpty else { throw Problem(description: "A chunk does not end.") }
        }
        while try !line().isEmpty {}
        return body
    }

    /// The next line, without its end.
    private mutating func line() throws -> String {
        var position = 0
        while true {
            while position < input.count {
                defer { position += 1 }
                guard input[position] == 0x0A else { continue }
                var line = input[..<position]
                if line.last == 0x0D { line.removeLast() }
                let text = String(decoding: line, as: UTF8.self)
                input.removeFirst(position + 1)
                return text
            }
            guard input.count < 1 << 20 else {
                throw Problem(description: "A line of the answer does not end.")
            }
            try receiveMore()
        }
    }

    private mutating func take(_ count: Int) throws -> [UInt8] {
        input.reserveCapacity(count)
        while input.count < count { try receiveMore() }
        defer { input.removeFirst(count) }
        return Array(input[..<count])
    }
}
