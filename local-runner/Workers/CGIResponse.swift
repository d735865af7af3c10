import NIOCore

/// Reads what a CGI process has written: header fields, an empty line, the body (RFC 3875 §6).
enum CGIResponse {
    /// - Throws: ``ScanError`` where it is not a CGI response.
    static func read(_ output: ByteBuffer) throws -> Answer {
        var output = output
        var answer = Answer(status: 200)
        var hasFields = false
        var status: Int?
        while let line = nextLine(&output) {
            guard line.readableBytes > 0 else {
                guard hasFields else { throw ScanError(problem: "it has no header", offset: 0) }
                // A redirect need not state its status (§6.2.3).
                answer.status = status ?? (answer.hasLocation ? 302 : 200)
                answer.body = .bytes(output)
                return answer
            }
            hasFields = true
            try add(line, to: &answer, &status)
        }
        throw ScanError(problem: "its header does not end", offset: output.readerIndex)
    }

    /// A line without its end, LF or CR LF; nil where there is none.
    private static func nextLine(_ output: inout ByteBuffer) -> ByteBuffer? {
        let view = output.readableBytesView
        guard let end = view.firstIndex(of: UInt8(ascii: "\n")),
            var line = output.readSlice(length: end - view.startIndex)
        else { return nil }
        output.moveReaderIndex(forwardBy: 1)
        if line.readableBytesView.last == UInt8(ascii: "\r") {
            line.moveWriterIndex(to: line.writerIndex - 1)
        }
        return line
    }

    private static func add(
        _ line: ByteBuffer, to answer: inout Answer, _ status: inout Int?
    ) throws {
        let isField = line.withUnsafeReadableBytes { bytes in
            guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { return false }
            let name = UnsafeRawBufferPointer(rebasing: bytes[..<colon])
            var value = bytes[(colon + 1)...]
            while value.first == 0x20 || value.first == 0x09 { value = value.dropFirst() }
            let text = UnsafeRawBufferPointer(rebasing: value)
            guard String(decoding: name, as: UTF8.self).lowercased() == "status" else {
                return answer.add(name: name, value: text)
            }
            let code = UnsafeRawBufferPointer(rebasing: text.prefix(3))
            status = FieldSyntax.number(code)
            return status.map((200...599).contains) ?? false
        }
        guard isField else {
            let text = String(decoding: line.readableBytesView, as: UTF8.self)
            throw ScanError(
                problem: "\(text.debugDescription) is no header field", offset: line.readerIndex)
        }
    }
}
