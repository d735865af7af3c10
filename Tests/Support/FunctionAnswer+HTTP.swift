import FunctionRuntime

@testable import LocalRunner

extension FunctionAnswer {
    /// Reads a response of HTTP/1.x (RFC 9112) that ended with its connection.
    init(http bytes: [UInt8], method: String) throws {
        guard let end = bytes.firstIndex(of: "\r\n\r\n"),
            let lineEnd = bytes.firstIndex(of: "\r\n")
        else {
            throw TestError("What came is no HTTP response: \(bytes.asText)")
        }
        let line = Array(bytes[..<lineEnd]).asText.split(separator: " ")
        guard line.count >= 2, line[0].hasPrefix("HTTP/1."), let status = Int(line[1]) else {
            throw TestError("What came does not start like HTTP: \(bytes.asText)")
        }
        self.init(status: status, headers: [:], body: Array(bytes[(end + 4)...]))
        if lineEnd < end { try read(header: bytes[(lineEnd + 2)..<end]) }
        if headers["transfer-encoding"]?.lowercased() == "chunked", method != "HEAD" {
            body = try Self.join(chunks: body)
        } else if let length = headers["content-length"].flatMap({ Int($0) }), method != "HEAD",
            length != body.count
        {
            throw TestError("The body has \(body.count) bytes where \(length) were announced.")
        }
    }

    /// The body of a chunked transfer (§7.1); trailers are passed over.
    private static func join(chunks bytes: [UInt8]) throws -> [UInt8] {
        var body: [UInt8] = []
        var rest = bytes[...]
        while let lineEnd = Array(rest).firstIndex(of: "\r\n") {
            let line = Array(rest.prefix(lineEnd)).asText.prefix { $0 != ";" }
            guard let length = Int(line, radix: 16), rest.count >= lineEnd + 2 + length else {
                break
            }
            if length == 0 { return body }
            rest = rest.dropFirst(lineEnd + 2)
            body += rest.prefix(length)
            rest = rest.dropFirst(length + 2)
        }
        throw TestError("The chunked body ends too early.")
    }
}
