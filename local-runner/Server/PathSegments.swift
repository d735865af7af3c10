/// The segments of a path as a client sent it, percent-decoded one by one, so that an encoded
/// slash stays within its segment (RFC 3986 §2.2).
struct PathSegments {
    private(set) var segments: [String] = []
    /// Where each segment starts in the path, behind its slash.
    private(set) var offsets: [Int] = []

    /// - Parameter path: what stands before the question mark; nil results where an escape is
    ///   malformed, what it decodes to is not text, or there is no slash at the start.
    init?(_ path: Substring.UTF8View) {
        guard path.first == UInt8(ascii: "/") else { return nil }
        var offset = 1
        for segment in path.dropFirst().split(
            separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        {
            guard let text = Self.decode(segment) else { return nil }
            segments.append(text)
            offsets.append(offset)
            offset += segment.count + 1
        }
    }

    /// The decoded path.
    var text: String { segments.map { "/" + $0 }.joined() }

    private static func decode(_ segment: Substring.UTF8View) -> String? {
        guard segment.contains(UInt8(ascii: "%")) else { return String(Substring(segment)) }
        var bytes: [UInt8] = []
        var iterator = segment.makeIterator()
        while let byte = iterator.next() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = iterator.next()?.hexadecimalValue,
                let low = iterator.next()?.hexadecimalValue
            else { return nil }
            bytes.append(high << 4 | low)
        }
        // No environment variable and no text in PostgreSQL can hold U+0000.
        return bytes.contains(0) ? nil : String(validating: bytes, as: UTF8.self)
    }
}

extension UInt8 {
    /// What an ASCII digit of base 16 stands for.
    var hexadecimalValue: UInt8? {
        switch self {
        case 0x30...0x39: self - 0x30
        case 0x41...0x46: self - 0x37
        case 0x61...0x66: self - 0x57
        default: nil
        }
    }
}
