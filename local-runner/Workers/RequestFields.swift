import NIOCore
import NIOHTTP1

/// The header fields of a request that a function gets to see, under every kind of worker alike.
enum RequestFields {
    struct Field {
        /// In lower case.
        var name: String
        var value: String
        /// Whether the name comes again behind this.
        var isRepeated = false
        /// Whether the name came before this.
        var isRepetition = false
    }

    /// The fields in the order in which they came.
    ///
    /// Left out are fields that concern the connection (RFC 9110 §7.6.1), `Proxy`, which CGI would
    /// turn into the variable HTTP_PROXY (CVE-2016-5385), and names of other characters than letters,
    /// digits and hyphens: CGI cannot tell an underscore from a hyphen, so one could pose as the
    /// other. What a GRIP proxy says, only the runner may say. The length is that of the body as the
    /// function gets it.
    static func of(_ call: Call) -> [Field] {
        var fields: [Field] = []
        fields.reserveCapacity(call.head.headers.count)
        let named = call.head.headers[canonicalForm: "connection"].map { $0.lowercased() }
        for (name, value) in call.head.headers {
            let name = name.lowercased()
            if dropped.contains(name) || !name.utf8.allSatisfy(isPlain) { continue }
            if !named.isEmpty, named.contains(name) { continue }
            if name.hasPrefix("grip-") || call.isProxied && name.hasPrefix("meta-") { continue }
            add(name, value, to: &fields)
        }
        if call.hasBody {
            fields.append(
                Field(name: "content-length", value: String(call.body.readableBytes)))
        }
        for field in call.proxyFields { add(field.name, field.value, to: &fields) }
        if let pool = call.pool, let key = pool.mount.realtime {
            let token = pool.dispatcher.gripSignatures.token(of: key, at: call.time)
            fields.append(Field(name: "grip-sig", value: token))
        }
        return fields
    }

    private static func add(_ name: String, _ value: String, to fields: inout [Field]) {
        var field = Field(name: name, value: value)
        if let first = fields.firstIndex(where: { $0.name == name }) {
            fields[first].isRepeated = true
            field.isRepetition = true
        }
        fields.append(field)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x61...0x7A, UInt8(ascii: "-"): true
        default: false
        }
    }

    private static let dropped = FieldSyntax.hopByHop.union(["proxy", "expect", "content-length"])
}
