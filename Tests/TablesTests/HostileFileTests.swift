import TestSupport
import Testing
import ZipFiles

@testable import FunctionTables

/// Files that are made to break whoever reads them: each is refused in words, and none costs more
/// than its limits.
@Suite struct HostileFileTests {
    private static func refusal(
        of file: [UInt8], within limits: Table.Limits = .init()
    ) throws -> String {
        do {
            _ = try Table(file, as: .xlsx, within: limits)
            return "It was read."
        } catch let error as TableError {
            return error.description
        }
    }

    @Test(arguments: [
        "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml", "_rels/.rels",
    ])
    func `refuses what inflates without end`(part: String) throws {
        let file = try awaited {
            var book = CraftedWorkbook(rows: "<row><c><v>1</v></c></row>")
            // Seventy megabytes of this are a few hundred kilobytes in the archive.
            let piece = "<a>" + String(repeating: " ", count: 9000) + "</a>"
            book[part] = "<a>" + String(repeating: piece, count: 8000) + "</a>"
            return try book.file()
        }
        #expect(file.count < 1 << 20)
        #expect(
            try awaited { try Self.refusal(of: file) }
                == "The workbook inflates to more than 64 MiB.")
    }

    @Test func `refuses texts without end`() throws {
        let words = try awaited {
            var limits = Table.Limits()
            limits.bytes = 1 << 20
            let text = String(repeating: "x", count: 30_000)
            let cell = #"<c t="s"><v>0</v></c>"#
            let row = "<row>\(String(repeating: cell, count: 40))</row>"
            return try Self.refusal(
                of: CraftedWorkbook(rows: row, strings: "<si><t>\(text)</t></si>").file(),
                within: limits)
        }
        #expect(words == "row 1: The cells have more than 1 MiB of text in all.")
    }

    @Test func `refuses too many entries, rows and texts`() throws {
        var book = CraftedWorkbook(rows: "<row><c><v>1</v></c></row>")
        book.parts += (0..<1000).map { ("\($0)", "") }
        #expect(
            try Self.refusal(of: book.file())
                == "The archive has 1006 entries; a workbook may have 1000.")
        var limits = Table.Limits()
        (limits.rows, limits.columns) = (3, 3)
        let row = "<row><c><v>1</v></c></row>"
        let rows = try CraftedWorkbook(rows: String(repeating: row, count: 4)).file()
        #expect(
            try Self.refusal(of: rows, within: limits)
                == "There are more than 2 rows below the first.")
        let texts = try CraftedWorkbook(
            rows: row, strings: String(repeating: "<si/>", count: 10)
        ).file()
        #expect(
            try Self.refusal(of: texts, within: limits)
                == "The workbook has more texts than its cells can have.")
    }

    /// Ten entities, each ten times the one before, and 10^9 laughs at the end.
    private static let laughs =
        "<!DOCTYPE a [<!ENTITY l0 'ha'>"
        + (1...9).map { "<!ENTITY l\($0) '\(String(repeating: "&l\($0 - 1);", count: 10))'>" }
        .joined() + "]><a>&l9;</a>"

    @Test(arguments: [
        laughs,
        "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>",
        "<!DOCTYPE a SYSTEM 'http://127.0.0.1:9/a.dtd'><a/>",
        "<!-- --><?a b?>\n<!DOCTYPE a [<!ENTITY % p '<!ENTITY q \"r\">'> %p;]><a>&q;</a>",
        String(repeating: " ", count: 4091) + "<!DOCTYPE a><a/>", "<<!DOCTYPE a>",
    ])
    func `refuses a document type in every part`(text: String) throws {
        for part in CraftedWorkbook().parts.map(\.name).dropFirst() {
            var book = CraftedWorkbook(rows: "<row><c><v>1</v></c></row>")
            book[part] = text
            #expect(
                try Self.refusal(of: book.file())
                    == "The part \(part) declares a document type, which no workbook has.")
        }
    }

    @Test func `knows no encoding but UTF-8`() throws {
        var book = CraftedWorkbook()
        book["xl/worksheets/sheet1.xml"] =
            #"<?xml version="1.0" encoding="UTF-7"?><worksheet><row><c t="str"><v>+ADw-</v></c></row></worksheet>"#
        #expect(try book.fields() == [["+ADw-"]])
        let sheet = "<?xml version='1.0' encoding='UTF-16'?><worksheet/>"
        var files = book.parts.map { ($0.name, Array($0.content.utf8)) }
        files[5].1 = [0xFF, 0xFE] + sheet.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        let words = try Self.refusal(of: ZipWriter.archive(files))
        #expect(words.contains("no well-formed XML"), "\(words)")
    }

    @Test func `refuses depth and texts without end`() throws {
        var book = CraftedWorkbook()
        book["xl/worksheets/sheet1.xml"] = try awaited {
            "<worksheet>\(String(repeating: " ", count: 11 << 20))</worksheet>"
        }
        #expect(try Self.refusal(of: book.file()).contains("no well-formed XML"))
        book["xl/worksheets/sheet1.xml"] = String(repeating: "<worksheet>", count: 100_000)
        #expect(try Self.refusal(of: book.file()).contains("no well-formed XML"))
    }

    @Test func `takes an archive within an archive for no workbook`() throws {
        let inner = try CraftedWorkbook(rows: "<row><c><v>1</v></c></row>").file()
        let outer = try ZipWriter.archive([("book.xlsx", inner), ("again.zip", inner)])
        #expect(
            try Self.refusal(of: outer)
                == "It is a ZIP archive and no workbook: it has no _rels/.rels.")
        var book = CraftedWorkbook(rows: "<row><c><v>1</v></c></row>")
        // A sheet that is its own list of relationships.
        book["xl/_rels/workbook.xml.rels"] = CraftedWorkbook.relationships([
            ("worksheet", "_rels/workbook.xml.rels")
        ])
        #expect(try Self.refusal(of: book.file()) == "The part of the sheet holds no sheet.")
    }

    @Test func `refuses what is encrypted or another format`() throws {
        let old: [UInt8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]
        #expect(try Self.refusal(of: old).contains("with a password"))
        #expect(try Self.refusal(of: Array("a,b".utf8)).contains("this is no whole one"))
        #expect(try Self.refusal(of: []).contains("no workbook"))
        // The lowest bit of the flags, in the entries and in the directory, says encrypted.
        var file = try CraftedWorkbook(rows: "<row><c><v>1</v></c></row>").file()
        for place in 0..<(file.count - 10) {
            if file[place...].starts(with: [0x50, 0x4B, 3, 4]) { file[place + 6] |= 1 }
            if file[place...].starts(with: [0x50, 0x4B, 1, 2]) { file[place + 8] |= 1 }
        }
        #expect(
            try Self.refusal(of: file) == "The workbook is encrypted; save it without a password.")
    }

    @Test func `refuses a file that was cut off, wherever`() throws {
        let sheet = Sheet(
            "People", header: ["name", "balance"],
            rows: (0..<200).map { [.text("Person \($0)"), .number("\($0).5")] })
        let file = try sheet.file(as: .xlsx)
        let read = try awaited {
            try stride(from: 0, to: file.count, by: 64).filter { count in
                try Self.refusal(of: Array(file.prefix(count))) == "It was read."
            }
        }
        #expect(read == [])
    }

    /// xorshift64*, because the system's generator cannot be seeded.
    private struct Dice: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state ^= state >> 12
            state ^= state << 25
            state ^= state >> 27
            return state &* 0x2545_F491_4F6C_DD1D
        }
    }

    @Test(arguments: [1, 2, 3, 4])
    func `reads or refuses what chance has changed`(seed: UInt64) throws {
        let book = CraftedWorkbook(
            rows: "<row><c t=\"s\"><v>0</v></c><c><v>1.5</v></c></row>",
            strings: "<si><t>a</t></si>")
        let whole = try book.file()
        let outcomes = try awaited {
            var dice = Dice(state: seed &* 0x9E37_79B9_7F4A_7C15)
            var outcomes = Set<Bool>()
            for _ in 0..<500 {
                // In the archive, where most is found out by its checksums, and in a part's XML.
                var file = whole
                for _ in 0..<Int.random(in: 1...4, using: &dice) {
                    file[Int.random(in: file.indices, using: &dice)] = .random(
                        in: 0...255, using: &dice)
                }
                outcomes.insert(try Self.refusal(of: file) == "It was read.")
                var parts = book.parts.map { ($0.name, Array($0.content.utf8)) }
                let part = Int.random(in: 1..<parts.count, using: &dice)
                let place = Int.random(in: parts[part].1.indices, using: &dice)
                let end = min(parts[part].1.count, place + .random(in: 0...4, using: &dice))
                let piece =
                    ["<", ">", "/", "&", "\"", "<row>", "</c>", "r=\"", "&#0;", "]]>", "\0", "é"]
                    .randomElement(using: &dice) ?? ""
                parts[part].1.replaceSubrange(place..<end, with: Array(piece.utf8))
                outcomes.insert(
                    try Self.refusal(of: ZipWriter.archive(parts)) == "It was read.")
            }
            return outcomes
        }
        #expect(outcomes == [true, false])
    }
}
