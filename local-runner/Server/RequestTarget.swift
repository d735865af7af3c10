import NIOHTTP1

/// What a request line and the field Host point at (RFC 9112 §3.2).
struct RequestTarget {
    static let requirement = """
        A request needs one Host field, such as "Host: localhost", a target that starts with a \
        slash, and in HTTP/1.0 no Transfer-Encoding.
        """

    /// With its port.
    var host: Substring
    /// Percent-encoded; `*` for the server as a whole.
    var path: Substring
    /// Without the question mark.
    var query: Substring

    /// Reads it; nil where the request does not say clearly what it wants, so that two servers
    /// might understand it differently.
    init?(_ head: HTTPRequestHead) {
        let hosts = head.headers[canonicalForm: "host"]
        guard hosts.count == 1 || hosts.isEmpty && head.version == .http1_0 else { return nil }
        // RFC 9112 §6.1: who speaks HTTP/1.0 does not know of chunks, so a proxy lies here.
        guard head.version != .http1_0 || !head.headers.contains(name: "transfer-encoding") else {
            return nil
        }
        host = hosts.first ?? ""
        guard host.utf8.allSatisfy(Self.isInHost) else { return nil }

        var target = Substring(head.uri)
        if head.method == .OPTIONS, target == "*" {
            path = "*"
            query = ""
            return
        }
        if !target.utf8.starts(with: "/".utf8) {
            // The absolute form, which proxies get; its authority wins over the field.
            guard target.lowercased().hasPrefix("http://") else { return nil }
            target = target.dropFirst(7)
            let end = target.firstIndex { $0 == "/" || $0 == "?" } ?? target.endIndex
            host = target[..<end]
            target = target[end...]
            guard !host.isEmpty, host.utf8.allSatisfy(Self.isInHost) else { return nil }
        }
        guard target.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "#") }) else {
            return nil
        }
        let end = target.utf8.firstIndex(of: UInt8(ascii: "?")) ?? target.endIndex
        path = target[..<end].isEmpty ? "/" : target[..<end]
        query = end == target.endIndex ? "" : target[target.utf8.index(after: end)...]
    }

    private static func isInHost(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "-._:[]%~".utf8.contains(byte)
        }
    }
}
