import Glibc
import NIOCore
import NIOHTTP1

/// Writes responses: status line, fields and body in one buffer (RFC 9112 §4).
struct ResponseWriter {
    private let allocator = ByteBufferAllocator()
    private let statusLines: [ByteBuffer] = (0..<600).map { status in
        let phrase = HTTPResponseStatus(statusCode: status).reasonPhrase
        return ByteBuffer(string: "HTTP/1.1 \(status) \(phrase)\r\n")
    }
    private var date = ""
    private var dateSecond = 0

    mutating func response(_ answer: Answer, for call: Call, closes: Bool) -> ByteBuffer {
        let isHead = call.isHead
        let hasBody = call.hasBody(of: answer)
        let length = hasBody ? answer.body.length : 0
        let isInBuffer = if case .file = answer.body { false } else { true }
        var buffer = allocator.buffer(
            capacity: 256 + answer.fields.readableBytes + (isInBuffer ? length : 0))
        writeHead(of: answer, for: call, into: &buffer)
        // A 204 has no length (RFC 9110 §8.6), and that of a 304 would be another response's.
        if hasBody || isHead && answer.status != 204 && answer.status != 304 {
            let stated = isHead ? answer.statedLength ?? answer.body.length : length
            buffer.writeStaticString("\r\ncontent-length: ")
            buffer.writeString(String(stated))
        }
        if closes {
            buffer.writeStaticString("\r\nconnection: close")
        } else if call.isHTTP10 {
            buffer.writeStaticString("\r\nconnection: keep-alive")
        }
        buffer.writeStaticString("\r\n\r\n")
        if hasBody { write(answer.body, into: &buffer) }
        return buffer
    }

    /// The head of a response whose length nobody knows (RFC 9112 §6.3): in chunks, or until the end
    /// of the connection for a client of HTTP/1.0.
    mutating func streamHead(_ answer: Answer, for call: Call) -> ByteBuffer {
        var buffer = allocator.buffer(
            capacity: 256 + answer.fields.readableBytes + answer.body.length)
        writeHead(of: answer, for: call, into: &buffer)
        if call.isHTTP10 {
            buffer.writeStaticString("\r\nconnection: close\r\n\r\n")
        } else {
            buffer.writeStaticString("\r\ntransfer-encoding: chunked")
            if !call.canKeepConnection { buffer.writeStaticString("\r\nconnection: close") }
            buffer.writeStaticString("\r\n\r\n")
        }
        return buffer
    }

    /// Status line and fields, but for the end of the last line.
    private mutating func writeHead(
        of answer: Answer, for call: Call, into buffer: inout ByteBuffer
    ) {
        buffer.writeImmutableBuffer(statusLines[answer.status])
        buffer.writeImmutableBuffer(answer.fields)
        if !answer.hasDate {
            buffer.writeStaticString("date: ")
            buffer.writeString(currentDate())
            buffer.writeStaticString("\r\n")
        }
        buffer.writeStaticString("x-request-id: ")
        buffer.writeString(call.id)
    }

    private func write(_ body: Answer.Body, into buffer: inout ByteBuffer) {
        switch body {
        // A file follows the head by itself.
        case .none, .file: break
        case .bytes(let bytes): buffer.writeImmutableBuffer(bytes)
        case .escaped(let text, _):
            text.withUnsafeReadableBytes { buffer.writeUnescaped($0) }
        }
    }

    /// RFC 9110 §5.6.7, made once a second.
    private mutating func currentDate() -> String {
        let now = time(nil)
        if now != dateSecond {
            dateSecond = now
            date = Self.format(now, "%a, %d %b %Y %H:%M:%S GMT", with: gmtime_r)
        }
        return date
    }

    static func format(
        _ second: time_t, _ pattern: String,
        with convert: (UnsafePointer<time_t>, UnsafeMutablePointer<tm>) -> UnsafeMutablePointer<tm>?
    ) -> String {
        var second = second
        var fields = tm()
        _ = convert(&second, &fields)
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { text in
            strftime(text.baseAddress, text.count, pattern, &fields)
            return text.baseAddress.map { String(cString: $0) } ?? ""
        }
    }
}
