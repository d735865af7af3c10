import Glibc

/// The web server's side of FastCGI 1.0: requests over one connection, one after another.
final class FastCGIClient {
    /// What came for a request.
    struct Reply {
        var output: [UInt8] = []
        var errors: [UInt8] = []
        /// The application's, and the protocol's: 0 where it was done (§5.5).
        var status = 0
        var protocolStatus: UInt8 = 0
    }

    /// Types of records (§8).
    enum Kind: UInt8 {
        case beginRequest = 1
        case endRequest = 3
        case params = 4
        case input = 5
        case output = 6
        case errors = 7
    }

    private let connection: Int32

    /// - Parameter listener: a socket that listens; the connection is to its address.
    init(connectingTo listener: Int32) throws {
        var address = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        connection = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        let status = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getsockname(listener, $0, &length) == 0 ? connect(connection, $0, length) : -1
            }
        }
        guard status == 0 else {
            close(connection)
            throw SystemCallError("Connecting to a function")
        }
    }

    deinit {
        close(connection)
    }

    /// Sends a request to a responder (§6.2).
    ///
    /// - Parameters:
    ///   - params: the meta-variables.
    ///   - isKept: whether the connection stays open for another (FCGI_KEEP_CONN).
    func send(_ params: [String: String], body: [UInt8], isKept: Bool = false) throws {
        try write(.beginRequest, [0, 1, isKept ? 1 : 0, 0, 0, 0, 0, 0])
        try stream(.params, params.flatMap { Self.pair($0.key, $0.value) })
        try stream(.input, body)
    }

    /// Reads records until the request is ended.
    ///
    /// - Parameter wait: called with the connection's descriptor before each read; it returns when
    ///   there is something to be read, or throws.
    func reply(awaiting wait: (Int32) throws -> Void = { _ in }) throws -> Reply {
        var reply = Reply()
        while true {
            let head = try read(8, wait)
            let content = try read(Int(head[4]) << 8 | Int(head[5]), wait)
            _ = try read(Int(head[6]), wait)
            guard head[0] == 1 else {
                throw RunnerError("What came is no record of FastCGI: it starts with \(head).")
            }
            switch Kind(rawValue: head[1]) {
            case .output: reply.output += content
            case .errors: reply.errors += content
            case .endRequest where content.count == 8:
                reply.status = content[..<4].reduce(0) { $0 << 8 | Int($1) }
                reply.protocolStatus = content[4]
                return reply
            default: throw RunnerError("A record of the type \(head[1]) came, which is not due.")
            }
        }
    }

    /// A name-value pair (§3.4); what is longer than 127 bytes has a length of four.
    static func pair(_ name: String, _ value: String) -> [UInt8] {
        func length(_ count: Int) -> [UInt8] {
            guard count > 127 else { return [UInt8(count)] }
            return [24, 16, 8, 0].map {
                UInt8(truncatingIfNeeded: count >> $0) | ($0 == 24 ? 128 : 0)
            }
        }
        return length(name.utf8.count) + length(value.utf8.count) + name.utf8 + value.utf8
    }

    /// Writes a stream: records of content, and an empty one at its end.
    private func stream(_ kind: Kind, _ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            try write(kind, Array(rest.prefix(65535)))
            rest = rest.dropFirst(65535)
        }
        try write(kind, [])
    }

    private func write(_ kind: Kind, _ content: [UInt8]) throws {
        let count = content.count
        let head: [UInt8] = [1, kind.rawValue, 0, 1, UInt8(count >> 8), UInt8(count & 0xFF), 0, 0]
        var rest = (head + content)[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes {
                Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard sent > 0 else { throw SystemCallError("Sending to a function") }
            rest = rest.dropFirst(sent)
        }
    }

    private func read(_ count: Int, _ wait: (Int32) throws -> Void) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            try wait(connection)
            var buffer = [UInt8](repeating: 0, count: count - bytes.count)
            let got = recv(connection, &buffer, buffer.count, 0)
            guard got > 0 else {
                throw RunnerError("The function closed the connection before it had answered.")
            }
            bytes += buffer[..<got]
        }
        return bytes
    }
}
