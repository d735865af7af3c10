import Testing

@testable import FunctionTables

@Suite struct CSVTests {
    private static func fields(_ text: String) throws -> [[String]] {
        try Table(Array(text.utf8)).rows.map(\.fields)
    }

    @Test(arguments: [
        ("a,b\r\nc,d\r\n", [["a", "b"], ["c", "d"]]),
        ("a,b\nc,d", [["a", "b"], ["c", "d"]]),
        (",\r\na,\r\n,b", [["a", ""], ["", "b"]]),
        (#""a","b""c","d,e""#, [["a", #"b"c"#, "d,e"]]),
        ("\"a\r\nb\",c", [["a\r\nb", "c"]]),
        (#""","#, []),
        ("a;b,c;d", [["a", "b,c", "d"]]),
        ("a\tb,c\td", [["a", "b,c", "d"]]),
        (#""a;b;c;d",e,f"#, [["a;b;c;d", "e", "f"]]),
        ("a\"b,c", [["a\"b", "c"]]),
        ("\u{FEFF}a,b", [["a", "b"]]),
        ("ä,日本,👩‍👩‍👧\n", [["ä", "日本", "👩‍👩‍👧"]]),
        ("a,b\n\n\nc,d\n\n", [["a", "b"], ["c", "d"]]),
        ("a\nb,c,d", [["a"], ["b", "c", "d"]]),
        ("", []), ("\r\n", []),
    ])
    func `reads what spreadsheets write`(text: String, fields: [[String]]) throws {
        #expect(try Self.fields(text) == fields)
    }

    @Test func `numbers rows as spreadsheets do`() throws {
        let table = try Table(Array("a\n\n\"b\nb\"\n\nc".utf8))
        #expect(table.rows.map(\.number) == [1, 3, 5])
    }

    @Test(arguments: [
        ("a\n\"b", "line 2: A quoted field has no end."),
        ("a,\"b\"c", "line 1: Text follows the end of a quoted field."),
        ("a\n\"b\n\nc\"d", "line 4: Text follows the end of a quoted field."),
        ("a\nb\0", "line 2: It is no text, as it has a byte 0; save it as \"CSV UTF-8\"."),
    ])
    func `says in which line it is wrong`(text: String, words: String) {
        #expect {
            _ = try Table(Array(text.utf8))
        } throws: {
            "\($0)" == words
        }
    }

    @Test func `reads as Windows-1252 what is not UTF-8`() throws {
        let text: [UInt8] = Array("name,price\r\nM".utf8) + [0xFC] + Array("ller,5 ".utf8) + [0x80]
        #expect(try Table(text).rows.last?.fields == ["Müller", "5 €"])
        let quotes: [UInt8] = [0x93, 0x41, 0x94, 0x2C, 0x8A, 0x9F, 0xA0, 0xFF]
        #expect(try Table(quotes).rows.last?.fields == ["“A”", "ŠŸ\u{A0}ÿ"])
    }

    @Test(arguments: [0x81, 0x8D, 0x8F, 0x90, 0x9D] as [UInt8])
    func `refuses what is no character of Windows-1252`(byte: UInt8) {
        #expect {
            _ = try Table(Array("a\nb\n".utf8) + [byte])
        } throws: {
            let digits = String(byte, radix: 16, uppercase: true)
            return "\($0)".hasPrefix("line 3: ") && "\($0)".contains(" \(digits);")
        }
    }

    @Test(arguments: [
        (String(repeating: "a\n", count: 11), "There are more than 10 rows below the first."),
        ("a\n" + String(repeating: ",", count: 5) + "a", "line 2: There are more than 5 columns."),
        (String(repeating: "x", count: 21), "line 1: A cell has more than 20 characters."),
    ])
    func `counts rows, columns and characters`(text: String, words: String) {
        var limits = Table.Limits()
        (limits.rows, limits.columns, limits.characters) = (11, 5, 20)
        if text.hasPrefix("a\na") {
            #expect(throws: Never.self) { try Table(Array(text.utf8), within: limits) }
        }
        #expect {
            _ = try Table(Array((text + "\na").utf8), within: limits)
        } throws: {
            "\($0)" == words
        }
    }

    @Test func `takes lines and fields without end for what they are`() throws {
        #expect(try Table([UInt8](repeating: 0x0A, count: 1 << 18)).rows == [])
        #expect(throws: TableError.self) {
            try Table([UInt8](repeating: UInt8(ascii: ","), count: 1 << 18) + [0x61])
        }
        #expect(throws: TableError.self) {
            try Table([UInt8](repeating: UInt8(ascii: "\""), count: 1 << 18 | 1))
        }
    }
}
