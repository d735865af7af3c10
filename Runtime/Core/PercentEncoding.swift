/// Percent-encoding, RFC 3986 §2.1.
package enum PercentEncoding {
    private static let digits = Array("0123456789ABCDEF".utf8)

    /// The decoded text; nil where an escape is malformed or the bytes are not UTF-8.
    package static func decode(
        _ text: some Sequence<UInt8>, plusIsSpace: Bool = false
    ) -> String? {
        bytes(of: text, plusIsSpace: plusIsSpace).flatMap { String(validating: $0, as: UTF8.self) }
    }

    /// The decoded bytes; nil where an escape is malformed.
    package static func bytes(
        of text: some Sequence<UInt8>, plusIsSpace: Bool = false
    ) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.underestimatedCount)
        var iterator = text.makeIterator()
        while let byte = iterator.next() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = iterator.next()?.hexadecimalValue,
                    let low = iterator.next()?.hexadecimalValue
                else { return nil }
                bytes.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace: bytes.append(0x20)
            default: bytes.append(byte)
            }
        }
        return bytes
    }

    /// Encodes all but the unreserved characters (RFC 3986 §2.3) and those to be kept.
    package static func encode(_ text: String, keeping kept: String = "") -> String {
        encode(text.utf8, keeping: kept)
    }

    /// Encodes bytes that may be no text.
    package static func encode(_ text: some Sequence<UInt8>, keeping kept: String = "") -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.underestimatedCount)
        for byte in text {
            if byte.isAlphanumeric || "-._~".utf8.contains(byte) || kept.utf8.contains(byte) {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
