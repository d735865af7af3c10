import Glibc

/// The web server's side of FastCGI 1.0: one connection, on which records are sent as they are told
/// and read as they come.
final class FastCGIClient: Sendable {
    /// A record without its padding.
    struct Record: Equatable, Sendable {
        var kind: UInt8
        var request: UInt16
        var content: [UInt8]

        init(_ kind: UInt8, _ request: UInt16, _ content: [UInt8] = []) {
            self.kind = kind
            self.request = request
            self.content = content
        }
    }

    /// What came of a request: standard output, and the content of the record that ended it.
    struct Outcome: Equatable, Sendable {
        var output: [UInt8]
        var end: [UInt8]

        var text: String { String(decoding: output, as: UTF8.self) }
    }

    private let descriptor: Int32

    /// - Parameter descriptor: a connection, which is closed with this object.
    init(on descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Sends bytes; those that the other side does not want are lost.
    func send(_ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            sent += count
        }
    }

    /// The next record; nil where the connection has ended.
    func record() -> Record? {
        guard let head = read(8) else { return nil }
        let length = Int(head[4]) << 8 | Int(head[5])
        guard let content = read(length), read(Int(head[6])) != nil else { return nil }
        return Record(head[1], UInt16(head[2]) << 8 | UInt16(head[3]), content)
    }

    /// Reads the records of one request, up to its end.
    ///
    /// - Throws: ``RunnerError`` where another one comes, or none.
    func outcome(of request: UInt16) throws -> Outcome {
        var outcome = Outcome(output: [], end: [])
        while let record = record() {
            guard record.request == request else { throw RunnerError("A record came: \(record).") }
            switch record.kind {
            case 6: outcome.output += record.content
            case 3:
                outcome.end = record.content
                return outcome
            default: throw RunnerError("A record came: \(record).")
            }
        }
        throw RunnerError("The connection ended before the request \(request).")
    }

    /// Sends a request and reads its answer.
    func send(
        _ variables: [String: String], body: [UInt8] = [], request: UInt16 = 1,
        keepsConnection: Bool = true
    ) throws -> Outcome {
        send(
            Self.request(
                variables, body: body, request: request, keepsConnection: keepsConnection))
        return try outcome(of: request)
    }

    private func read(_ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var position = 0
        while position < count {
            let count = bytes[position...].withUnsafeMutableBytes {
                recv(descriptor, $0.baseAddress, $0.count, 0)
            }
            guard count > 0 else { return nil }
            position += count
        }
        return bytes
    }
}

extension FastCGIClient {
    /// The bytes of a record.
    static func record(
        _ kind: UInt8, _ request: UInt16, _ content: some Collection<UInt8> = [], padding: Int = 0
    ) -> [UInt8] {
        [
            1, kind, UInt8(request >> 8), UInt8(request & 255), UInt8(content.count >> 8),
            UInt8(content.count & 255), UInt8(padding), 0,
        ] + content + [UInt8](repeating: 0, count: padding)
    }

    /// The bytes of a stream: records of at most `limit` bytes, and the empty one.
    static func stream(
        _ kind: UInt8, _ request: UInt16, _ content: [UInt8], limit: Int = 65_535
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = content[...]
        while !rest.isEmpty {
            let part = rest.prefix(limit)
            bytes += record(kind, request, part, padding: part.count % 3)
            rest = rest.dropFirst(part.count)
        }
        return bytes + record(kind, request)
    }

    /// The beginning of a request.
    static func begin(
        _ request: UInt16, role: UInt8 = 1, keepsConnection: Bool = true
    ) -> [UInt8] {
        record(1, request, [0, role, keepsConnection ? 1 : 0, 0, 0, 0, 0, 0])
    }

    /// Pairs, in the order of their names; a length has four bytes where it needs them.
    static func pairs(_ variables: [String: String]) -> [UInt8] {
        variables.sorted { $0.key < $1.key }.flatMap { name, value in
            length(name.utf8.count) + length(value.utf8.count) + name.utf8 + value.utf8
        }
    }

    static func length(_ count: Int) -> [UInt8] {
        guard count > 127 else { return [UInt8(count)] }
        return [24, 16, 8, 0].map { UInt8(count >> $0 & 255) | ($0 == 24 ? 128 : 0) }
    }

    /// The bytes of a whole request.
    static func request(
        _ variables: [String: String], body: [UInt8] = [], request: UInt16 = 1,
        keepsConnection: Bool = true, limit: Int = 65_535
    ) -> [UInt8] {
        begin(request, keepsConnection: keepsConnection)
            + stream(4, request, pairs(variables), limit: limit)
            + stream(5, request, body, limit: limit)
    }
}
