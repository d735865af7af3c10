import Testing

@testable import Brainstorm

/// Which addresses a list lets in.
@Suite struct AllowListTests {
    @Test(arguments: [
        ("192.0.2.7", "192.0.2.7"), ("192.0.2.0/24", "192.0.2.255"), ("192.0.2.9/24", "192.0.2.1"),
        ("192.0.2.128/25", "192.0.2.128"), ("192.0.2.4/30", "192.0.2.7"),
        ("192.0.2.4/31", "192.0.2.5"), ("10.0.0.0/7", "11.255.255.255"),
        ("192.0.2.7/32", "192.0.2.7"), ("0.0.0.0/0", "255.255.255.255"),
        ("128.0.0.0/1", "255.0.0.0"),
        ("2001:db8::/32", "2001:db8:ffff::1"), ("2001:DB8::1", "2001:0db8:0:0:0:0:0:0001"),
        ("::1", "0:0:0:0:0:0:0:1"), ("::1/128", "::1"), ("2001:db8::/33", "2001:db8:7fff::"),
        ("::/0", "2001:db8::1"), ("64:ff9b::/96", "64:ff9b::192.0.2.7"),
        // Mapped addresses are IPv4's, on either side.
        ("192.0.2.0/24", "::ffff:192.0.2.7"), ("192.0.2.0/24", "::FFFF:c000:207"),
        ("192.0.2.0/24", "0:0:0:0:0:ffff:192.0.2.7"), ("::ffff:192.0.2.0/120", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"), ("::ffff:0:0/96", "192.0.2.7"),
        // As proxies write them.
        ("192.0.2.7", "192.0.2.7:567"), ("::1", "[::1]:80"), ("::1", "[::1]"),
        ("192.0.2.7", "[::ffff:192.0.2.7]:65535"), ("192.0.2.7", "192.0.2.7:0"),
        // Lists.
        (" 10.0.0.0/8 , 192.0.2.7,", "192.0.2.7"), ("10.0.0.0/8,\n\t::1\r\n", "::1"),
    ])
    func `lets in`(_ list: String, _ client: String) throws {
        #expect(try AllowList(list).contains(client))
    }

    @Test(arguments: [
        ("192.0.2.7", "192.0.2.8"), ("192.0.2.0/24", "192.0.3.0"),
        ("192.0.2.128/25", "192.0.2.127"),
        ("192.0.2.4/30", "192.0.2.8"), ("10.0.0.0/7", "12.0.0.0"),
        ("128.0.0.0/1", "127.255.255.255"),
        ("2001:db8::/33", "2001:db8:8000::"), ("2001:db8::/32", "2001:db9::"), ("::1", "::2"),
        // Neither kind has the other's addresses in it, whatever their bits.
        ("::/0", "192.0.2.7"), ("::/0", "::ffff:192.0.2.7"), ("0.0.0.0/0", "::1"),
        ("0.0.0.0/0", "::192.0.2.7"), ("::ffff:0:0/95", "192.0.2.7"), ("192.0.2.7", "::c000:207"),
        // What is no address is nobody's.
        ("0.0.0.0/0", ""), ("::/0", "unknown"), ("0.0.0.0/0,::1", "unix:"),
        ("fe80::/10", "fe80::1%eth0"), ("0.0.0.0/0", "192.0.2.7%lo"), ("192.0.2.7", "192.0.2.7\0"),
        ("192.0.2.7", "192.0.2.7:65536"), ("192.0.2.7", "192.0.2.7:"), ("192.0.2.7", "192.0.2.7:x"),
        ("192.0.2.7", "192.0.2.7:+1"), ("::1", "[::1"), ("::1", "[::1]80"), ("::1", "[::1]:x"),
        ("192.0.2.7", "[192.0.2.7]"), ("10.0.0.1", "010.0.0.1"), ("10.0.0.1", "10.1"),
        ("10.0.0.1", "167772161"), ("10.0.0.1", "0x0a000001"), ("::1", "::1::"), ("::1", "1"),
        ("", "192.0.2.7"), (",", "::1"), ("", ""),
    ])
    func `keeps out`(_ list: String, _ client: String) throws {
        #expect(try !AllowList(list).contains(client))
    }

    @Test(arguments: ["", "unknown", "_hidden", "unix:", "fe80::1%eth0"])
    func `lets in who is not known where everybody is listed`(_ client: String) throws {
        #expect(try AllowList("0.0.0.0/0,::/0").contains(client))
        #expect(try AllowList("::/0, 10.0.0.0/8, ::ffff:0:0/96").contains(client))
        #expect(try !AllowList("0.0.0.0/1,128.0.0.0/1,::/0").contains(client))
        #expect(try AllowList("0.0.0.0/0,::/0").contains(nil))
        #expect(try !AllowList("::/0").contains(nil))
    }

    @Test(arguments: [
        "192.0.2.7/33", "192.0.2.7/", "192.0.2.7/-1", "192.0.2.7/+8", "192.0.2.7/08",
        "192.0.2.7/8/8", "192.0.2.7/ 8x", "192.0.2", "192.0.2.256", "192.0.02.7", "::/129", ":::",
        "2001:db8::1::", "fe80::1%eth0", "[::1]", "192.0.2.7:80", "localhost", "*", "/8", "all",
        "192.0.2.7/99999999999999999999", "10.0.0.0/255.0.0.0", "10.0.0.1-10.0.0.9", "12345::",
        "192.0.2.1 1", "192.0.2.1 192.0.2.2",
    ])
    func `refuses a list with what is neither an address nor a range`(_ entry: String) {
        let error = #expect(throws: SettingError.self) {
            try AllowList("127.0.0.1,\(entry),::/0")
        }
        #expect(
            error?.description
                == "The variable ALLOWED_CIDR is wrong: \"\(entry)\" is neither an address nor a range"
                + " such as 192.0.2.0/24.")
    }

    @Test func `agrees with arithmetic on every length of a prefix`() throws {
        var generator = SystemRandomNumberGenerator()
        for length in 0...32 {
            for _ in 0..<50 {
                let (one, other) = (UInt32.random(in: 0 ... .max, using: &generator), length)
                // Near one another, so that both outcomes come about.
                let flipped = one ^ (1 << UInt32.random(in: 0..<32, using: &generator))
                let mask = other == 0 ? 0 : UInt32.max << (32 - UInt32(other))
                #expect(
                    try AllowList("\(Self.text(one))/\(length)").contains(Self.text(flipped))
                        == (one & mask == flipped & mask))
            }
        }
    }

    private static func text(_ address: UInt32) -> String {
        [24, 16, 8, 0].map { String(address >> $0 & 255) }.joined(separator: ".")
    }
}
