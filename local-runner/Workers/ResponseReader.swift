import FunctionRuntime
import NIOCore

/// A response as a worker gave it.
struct WorkerResponse {
    var answer: Answer
    /// The JSON of the member `error`: what the handler threw, for the log.
    var error: String?
}

/// Reads a line of the stdin-JSON protocol (the runtime's `ResponseEnvelope` writes it).
///
/// It knows the members of a response and accepts no others, builds no tree, and leaves the body
/// where it is: the response is written from there. What it passes over it has checked, so that a
/// line which a stray write or a crash has damaged never becomes an answer.
struct ResponseReader {
    /// Which members a line has had.
    private struct Members: OptionSet {
        let rawValue: Int
        static let status = Members(rawValue: 1)
        static let headers = Members(rawValue: 2)
        static let body = Members(rawValue: 4)
        static let error = Members(rawValue: 8)
        static let failed = Members(rawValue: 16)
    }

    private let line: ByteBuffer
    private var seen = Members()
    private var response = WorkerResponse(answer: Answer(status: 0))

    /// - Parameter line: one line, without its end.
    /// - Returns: the response; its body still stands in the line.
    /// - Throws: ``ScanError`` where it is not a response.
    static func read(_ line: ByteBuffer) throws -> WorkerResponse {
        try line.withUnsafeReadableBytes { bytes in
            var reader = ResponseReader(line: line)
            var scanner = JSONScanner(bytes)
            try scanner.object { scanner, name in try reader.member(name, &scanner) }
            try scanner.end()
            guard reader.seen.contains(.status) else { throw scanner.error("it has no \"status\"") }
            return reader.response
        }
    }

    private init(line: ByteBuffer) {
        self.line = line
    }

    private mutating func member(_ name: JSONScanner.Text, _ scanner: inout JSONScanner) throws {
        let name = UnsafeRawBufferPointer(rebasing: scanner.bytes[name.range])
        if name.equals("status") {
            try note(.status, scanner)
            response.answer.status = try scanner.wholeNumber()
            guard (200...599).contains(response.answer.status) else {
                throw scanner.error("the status is not between 200 and 599")
            }
        } else if name.equals("headers") {
            try note(.headers, scanner)
            try scanner.object { scanner, name in try header(name, &scanner) }
        } else if name.equals("body") {
            try note(.body, scanner)
            body(try scanner.text())
        } else if name.equals("base64") {
            try note(.body, scanner)
            try base64(try scanner.text(), scanner)
        } else if name.equals("error") {
            try note(.error, scanner)
            let range = try scanner.value()
            response.error = String(decoding: scanner.bytes[range], as: UTF8.self)
        } else if name.equals("failed") {
            try note(.failed, scanner)
            try scanner.array { scanner in try failed(try scanner.text(), scanner) }
        } else {
            throw scanner.error("a response has no such member")
        }
    }

    private mutating func note(_ member: Members, _ scanner: JSONScanner) throws {
        guard seen.insert(member).inserted else { throw scanner.error("a member is there twice") }
    }

    private mutating func header(_ name: JSONScanner.Text, _ scanner: inout JSONScanner) throws {
        guard try scanner.next() == UInt8(ascii: "[") else {
            return try field(name, try scanner.text(), scanner)
        }
        try scanner.array { scanner in try field(name, try scanner.text(), scanner) }
    }

    private mutating func field(
        _ name: JSONScanner.Text, _ value: JSONScanner.Text, _ scanner: JSONScanner
    ) throws {
        let isSendable = resolved(name, scanner) { name in
            resolved(value, scanner) { value in response.answer.add(name: name, value: value) }
        }
        guard isSendable else {
            let name = String(decoding: scanner.bytes[name.range], as: UTF8.self)
            throw scanner.error("the header \"\(name)\" cannot be sent as it is")
        }
    }

    private mutating func failed(_ text: JSONScanner.Text, _ scanner: JSONScanner) throws {
        response.answer.failed.append(
            resolved(text, scanner) { String(decoding: $0, as: UTF8.self) })
    }

    /// Gives the bytes that a string stands for.
    private func resolved<Result>(
        _ text: JSONScanner.Text, _ scanner: JSONScanner,
        _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        let inside = UnsafeRawBufferPointer(rebasing: scanner.bytes[text.range])
        if text.isPlain { return body(inside) }
        var buffer = ByteBuffer()
        buffer.writeUnescaped(inside)
        return buffer.withUnsafeReadableBytes(body)
    }

    private mutating func body(_ text: JSONScanner.Text) {
        guard
            let inside = line.getSlice(
                at: line.readerIndex + text.range.lowerBound, length: text.range.count)
        else { return }
        response.answer.body =
            text.isPlain ? .bytes(inside) : .escaped(inside, length: text.length)
    }

    private mutating func base64(_ text: JSONScanner.Text, _ scanner: JSONScanner) throws {
        let inside = String(decoding: scanner.bytes[text.range], as: UTF8.self)
        guard let bytes = Base64.decode(inside) else {
            throw scanner.error("\"base64\" does not hold base64")
        }
        response.answer.body = .bytes(ByteBuffer(bytes: bytes))
    }
}

extension UnsafeRawBufferPointer {
    fileprivate func equals(_ text: StaticString) -> Bool {
        count == text.utf8CodeUnitCount
            && elementsEqual(
                UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
}
