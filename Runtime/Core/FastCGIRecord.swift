/// The records of FastCGI 1.0, as §3.3 and §8 of its specification have them.
enum FastCGIRecord {
    static let version: UInt8 = 1
    static let headerLength = 8

    /// What a record is for.
    enum Kind {
        static let beginRequest: UInt8 = 1
        static let abortRequest: UInt8 = 2
        static let endRequest: UInt8 = 3
        static let parameters: UInt8 = 4
        static let input: UInt8 = 5
        static let output: UInt8 = 6
        static let getValues: UInt8 = 9
        static let getValuesResult: UInt8 = 10
        static let unknownType: UInt8 = 11
    }

    /// How a request ended, as far as the protocol goes (§5.5).
    enum Status: UInt8 {
        case complete = 0
        case cannotMultiplex = 1
        case unknownRole = 3
    }

    /// A record's content is at most 65,535 bytes; this is the most of which each record in a row
    /// lies aligned without padding (§3.3 recommends multiples of 8).
    static let chunk = 65_528

    /// Adds the head of a record.
    static func appendHeader(
        _ kind: UInt8, of request: UInt16, length: Int, padding: Int = 0, to bytes: inout [UInt8]
    ) {
        bytes.append(version)
        bytes.append(kind)
        bytes.append(UInt8(request >> 8))
        bytes.append(UInt8(truncatingIfNeeded: request))
        bytes.append(UInt8(length >> 8))
        bytes.append(UInt8(truncatingIfNeeded: length))
        bytes.append(UInt8(padding))
        bytes.append(0)
    }

    /// Adds a whole record of few bytes, padded so that the next one is aligned.
    static func append(
        _ kind: UInt8, of request: UInt16, _ content: some Collection<UInt8>,
        to bytes: inout [UInt8]
    ) {
        let padding = -content.count & 7
        appendHeader(kind, of: request, length: content.count, padding: padding, to: &bytes)
        bytes += content
        appendZeros(padding, to: &bytes)
    }

    static func appendEnd(_ status: Status, of request: UInt16, to bytes: inout [UInt8]) {
        append(
            Kind.endRequest, of: request, [0, 0, 0, 0, status.rawValue, 0, 0, 0], to: &bytes)
    }

    /// Adds a response as the stream of standard output, and the end of its request.
    static func append(_ response: Response, of request: UInt16, to bytes: inout [UInt8]) {
        let start = bytes.count
        let records = response.body.count / chunk + 2
        bytes.reserveCapacity(start + response.body.count + records * headerLength + 1024)
        appendHeader(Kind.output, of: request, length: 0, to: &bytes)
        Gateway.appendHead(of: response, to: &bytes)
        let head = bytes.count - start - headerLength
        if head + response.body.count <= chunk {
            bytes += response.body
            finishRecord(from: start, in: &bytes)
        } else {
            let text = Array(bytes[(start + headerLength)...])
            bytes.removeLast(bytes.count - start)
            appendStream(text, of: request, to: &bytes)
            appendStream(response.body, of: request, to: &bytes)
        }
        appendHeader(Kind.output, of: request, length: 0, to: &bytes)
        appendEnd(.complete, of: request, to: &bytes)
    }

    /// Writes length and padding into the head of the last record, now that they are known.
    private static func finishRecord(from start: Int, in bytes: inout [UInt8]) {
        let length = bytes.count - start - headerLength
        let padding = -length & 7
        bytes[start + 4] = UInt8(length >> 8)
        bytes[start + 5] = UInt8(truncatingIfNeeded: length)
        bytes[start + 6] = UInt8(padding)
        appendZeros(padding, to: &bytes)
    }

    private static func appendStream(
        _ content: [UInt8], of request: UInt16, to bytes: inout [UInt8]
    ) {
        var position = 0
        while position < content.count {
            let part = content[position...].prefix(chunk)
            append(Kind.output, of: request, part, to: &bytes)
            position += part.count
        }
    }

    private static func appendZeros(_ count: Int, to bytes: inout [UInt8]) {
        for _ in 0..<count { bytes.append(0) }
    }
}
