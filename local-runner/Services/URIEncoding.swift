/// Percent-encoding as AWS signs it: all but the unreserved characters of RFC 3986 §2.3, and those
/// that are to be kept, in capital digits.
enum URIEncoding {
    private static let digits = Array("0123456789ABCDEF".utf8)

    static func encode(_ bytes: [UInt8], keeping kept: String = "") -> String {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count + bytes.count / 4)
        for byte in bytes {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                result.append(byte)
            case let byte where kept.utf8.contains(byte): result.append(byte)
            default:
                result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The decoded bytes; nil where an escape is malformed.
    static func decode(_ text: some StringProtocol, plusIsSpace: Bool = false) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        var iterator = text.utf8.makeIterator()
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
}

/// The parameters of a query, in their order.
struct URIQuery: Sendable {
    struct Item: Sendable {
        var name: String
        var value: String
        /// Whether there was an equals sign.
        var hasValue: Bool
    }

    var items: [Item] = []

    /// Nil where an escape is malformed or what it decodes to is no text.
    init?(_ query: String) {
        for part in query.split(separator: "&") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decode(pair[0]),
                let value = pair.count == 2 ? Self.decode(pair[1]) : ""
            else { return nil }
            items.append(Item(name: name, value: value, hasValue: pair.count == 2))
        }
    }

    private static func decode(_ text: Substring) -> String? {
        URIEncoding.decode(text, plusIsSpace: true).flatMap {
            String(validating: $0, as: UTF8.self)
        }
    }

    /// The first value of a parameter; empty where it has none, nil where it is not there.
    subscript(_ name: String) -> String? {
        items.first { $0.name == name }?.value
    }

    func contains(anyOf names: [String]) -> Bool {
        items.contains { names.contains($0.name) }
    }
}
