import Glibc

/// An address of IPv4 or IPv6, in any spelling that `inet_pton` reads (RFC 4291 §2.2).
///
/// One of IPv4 that is mapped into IPv6 (`::ffff:192.0.2.1`, §2.5.5.2) is one of IPv4. An address with a
/// zone (`fe80::1%eth0`) is none: a zone means something on one machine only.
struct IPAddress: Equatable {
    /// 4 of them, or 16.
    let bytes: [UInt8]

    init?(_ text: String) {
        guard let written = Self.read(text) else { return nil }
        bytes = Self.isMapped(written) ? Array(written[12...]) : written
    }

    /// Reads an address as proxies write that of their client: with a port too, `192.0.2.1:4711` or
    /// `[2001:db8::1]:4711`, and one of IPv6 in brackets.
    init?(ofClient text: String) {
        var text = text.utf8[...]
        if text.first == UInt8(ascii: "[") {
            guard let end = text.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            let rest = text[end...].dropFirst()
            guard rest.isEmpty || Self.isPort(rest) else { return nil }
            text = text[..<end].dropFirst()
            guard text.contains(UInt8(ascii: ":")) else { return nil }
        } else if let colon = text.firstIndex(of: UInt8(ascii: ":")), Self.isPort(text[colon...]) {
            text = text[..<colon]
        }
        self.init(String(Substring(text)))
    }

    /// The bytes as they are written, 4 or 16.
    static func read(_ text: String) -> [UInt8]? {
        // What is behind a zero byte, C would not see.
        guard !text.utf8.contains(0) else { return nil }
        let isLong = text.utf8.contains(UInt8(ascii: ":"))
        var bytes = [UInt8](repeating: 0, count: isLong ? 16 : 4)
        return inet_pton(isLong ? AF_INET6 : AF_INET, text, &bytes) == 1 ? bytes : nil
    }

    /// Whether they lie in `::ffff:0:0/96`.
    static func isMapped(_ bytes: [UInt8]) -> Bool {
        bytes.count == 16 && bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF
            && bytes[11] == 0xFF
    }

    /// Whether a text is a colon and a port.
    private static func isPort(_ text: Substring.UTF8View) -> Bool {
        let digits = text.dropFirst()
        return text.first == UInt8(ascii: ":")
            && digits.allSatisfy { (0x30...0x39).contains($0) }
            && UInt16(Substring(digits)) != nil
    }
}

/// A range of addresses in CIDR notation (RFC 4632 §3.1, RFC 4291 §2.3), or a single address.
///
/// A range of IPv6 has no address of IPv4 in it, `::/0` neither; one within `::ffff:0:0/96` is a range of
/// IPv4. Bits of the address behind the prefix do not count: `192.0.2.7/24` is `192.0.2.0/24`.
struct AddressRange: Equatable {
    /// 4 of them, or 16.
    private let bytes: [UInt8]
    /// How many bits are compared.
    private let prefix: Int

    init?(_ text: String) {
        let parts = text.utf8.split(
            separator: UInt8(ascii: "/"), maxSplits: 1, omittingEmptySubsequences: false)
        guard let written = IPAddress.read(String(Substring(parts[0]))) else { return nil }
        var length = written.count * 8
        if parts.count == 2 {
            let digits = parts[1]
            let isPlain =
                digits.allSatisfy { (0x30...0x39).contains($0) }
                && (digits.count == 1 || digits.first != 0x30)
            guard isPlain, let number = Int(Substring(digits)), number <= length else { return nil }
            length = number
        }
        let isMapped = IPAddress.isMapped(written) && length >= 96
        bytes = isMapped ? Array(written[12...]) : written
        prefix = isMapped ? length - 96 : length
    }

    func contains(_ address: IPAddress) -> Bool {
        guard address.bytes.count == bytes.count else { return false }
        let (whole, rest) = prefix.quotientAndRemainder(dividingBy: 8)
        guard bytes[..<whole] == address.bytes[..<whole] else { return false }
        return rest == 0 || (bytes[whole] ^ address.bytes[whole]) >> (8 - rest) == 0
    }

    /// Whether it has every address of IPv4 in it, or every one of IPv6.
    var isWhole: Bool { prefix == 0 }
    var isIPv4: Bool { bytes.count == 4 }
}
