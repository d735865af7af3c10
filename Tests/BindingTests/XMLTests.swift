import FunctionRuntime
import Testing

@testable import FunctionHTTP

@Suite struct XMLTests {
    @Test func `reads what S3 writes`() throws {
        let root = try XMLElement(
            document:
                """

                <?xml version="1.0" encoding="UTF-8"?>
                <!-- words -->
                <List xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
                  <Key>a&amp;b &lt;&#252;&#x1F600;&gt;</Key><Key/><Key></Key>
                  <Owner ><!-- words --><ID>\u{301}x<![CDATA[<y>]]></ID></Owner >
                </List>

                """.utf8)
        #expect(root.name == "List")
        #expect(root.all("Key").map(\.text) == ["a&b <ü😀>", "", ""])
        #expect(root["Owner"]?["ID"]?.text.unicodeScalars.count == 5)
        #expect(root["Nothing"] == nil)
    }

    @Test(arguments: [
        "", "text", "<a>", "<a></b>", "<a>&unknown;</a>", "<a>&amp</a>", "<a>&#xD800;</a>",
        "<!DOCTYPE a><a/>", "<a/><b/>", "<a><![CDATA[x]></a>", "</a>", "<>",
        "<a>\u{0}", "<a", String(repeating: "<a>", count: 100_000),
    ])
    func `refuses what it does not know`(text: String) {
        #expect(throws: MalformedXML.self) { try XMLElement(document: text.utf8) }
    }

    @Test func `escapes`() {
        #expect(XMLElement.escaped("a<b>&\"\u{1}ü") == "a&lt;b&gt;&amp;&quot;&#1;ü")
    }

    /// The check value of CRC-32, and one that is longer than a step and no multiple of it.
    @Test(arguments: [
        ("", "AAAAAA=="), ("123456789", "y/Q5Jg=="),
        ("The quick brown fox jumps over the lazy dog", "QU+jOQ=="),
    ])
    func `makes checksums`(text: String, header: String) throws {
        var checksum = CRC32()
        var bytes = Array(text.utf8)
        bytes.withUnsafeBytes { checksum.add($0) }
        #expect(checksum.header == header)

        checksum = CRC32()
        while !bytes.isEmpty {
            let piece = Array(bytes.prefix(11))
            piece.withUnsafeBytes { checksum.add($0) }
            bytes.removeFirst(piece.count)
        }
        #expect(checksum.header == header)
    }

    @Test(arguments: [
        ("Sun, 06 Nov 1994 08:49:37 GMT", Int64(784_111_777)),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Sat, 29 Feb 2020 23:59:59 GMT", 1_583_020_799),
    ])
    func `reads and writes dates of HTTP`(text: String, seconds: Int64) throws {
        let time = try #require(HTTPDate.read(text))
        #expect(time.milliseconds == seconds * 1000)
        #expect(HTTPDate.text(of: time) == text)
    }

    @Test(arguments: ["", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 CET"])
    func `refuses what is no date`(text: String) {
        #expect(HTTPDate.read(text) == nil)
    }
}
