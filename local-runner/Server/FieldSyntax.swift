/// What may stand in a header field, and which fields are not a function's to set.
enum FieldSyntax {
    enum Role {
        /// Hop-by-hop (RFC 9110 §7.6.1), or given by the runner itself.
        case connection
        case length
        case date
        case location
        case type
        /// For the runner as a GRIP proxy.
        case grip
        case other
    }

    /// Fields that concern one connection and are not passed on in either direction.
    static let hopByHop: Set<String> = [
        "connection", "keep-alive", "proxy-connection", "proxy-authenticate",
        "proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade",
    ]

    static func role(of name: UnsafeRawBufferPointer) -> Role {
        if isGrip(name) { return .grip }
        // Most names differ in length from all that matter.
        switch name.count {
        case 2, 4, 7, 8, 10, 12, 14, 16, 17, 18, 19: break
        default: return .other
        }
        let name = String(decoding: name, as: UTF8.self).lowercased()
        switch name {
        case "content-length": return .length
        case "date": return .date
        case "location": return .location
        case "content-type": return .type
        case "x-request-id": return .connection
        default: return hopByHop.contains(name) ? .connection : .other
        }
    }

    /// Whether a name begins with `Grip-`.
    private static func isGrip(_ name: UnsafeRawBufferPointer) -> Bool {
        name.count > 5 && name[0] | 0x20 == UInt8(ascii: "g") && name[1] | 0x20 == UInt8(ascii: "r")
            && name[2] | 0x20 == UInt8(ascii: "i") && name[3] | 0x20 == UInt8(ascii: "p")
            && name[4] == UInt8(ascii: "-")
    }

    /// RFC 9110 §5.6.2.
    static func isToken(_ bytes: UnsafeRawBufferPointer) -> Bool {
        !bytes.isEmpty && bytes.allSatisfy { tokenBytes[Int($0)] }
    }

    /// RFC 9110 §5.5: visible characters, spaces, tabs, and bytes above 127.
    static func isValue(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
    }

    /// Digits and nothing else; nil for a number that no response can have as its length.
    static func number(_ bytes: UnsafeRawBufferPointer) -> Int? {
        guard (1...15).contains(bytes.count) else { return nil }
        var number = 0
        for byte in bytes {
            guard (0x30...0x39).contains(byte) else { return nil }
            number = number * 10 + Int(byte - 0x30)
        }
        return number
    }

    private static let tokenBytes: [Bool] = (0..<256).map { byte in
        switch UInt8(byte) {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case let byte: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
