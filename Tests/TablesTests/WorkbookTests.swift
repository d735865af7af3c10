import Testing

@testable import FunctionTables

@Suite struct WorkbookTests {
    private static let strings = """
        <si><t>plain</t></si><si><r><t>ri</t></r><r><rPr><b/></rPr><t xml:space="preserve">ch </t></r>\
        <rPh sb="0" eb="1"><t>phonetic</t></rPh></si><si/><si><t>a_x000D_b &amp; _x005F_x0041_</t></si>
        """

    @Test(arguments: [
        (
            #"<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>"#,
            ["plain", "rich "]
        ),
        (
            #"<row r="1"><c t="s"><v>3</v></c><c t="s"><v>2</v></c><c><v>1</v></c></row>"#,
            ["a\rb & _x0041_", "", "1"]
        ),
        (
            #"<row><c t="inlineStr"><is><r><t>in</t></r><r><t>line</t></r></is></c></row>"#,
            ["inline"]
        ),
        (
            #"<row><c t="b"><v>1</v></c><c t="b"><v>0</v></c><c t="e"><v>#N/A</v></c></row>"#,
            ["TRUE", "FALSE", "#N/A"]
        ),
        (
            #"<row><c t="str"><f>A2&amp;"x"</f><v>result</v></c><c><f>1+1</f><v>2</v></c></row>"#,
            ["result", "2"]
        ),
        (
            #"<row><c r="B1"><v>1</v></c><c><v>2</v></c><c r="E1" s="4"/><c r="F1"><v>3</v></c></row>"#,
            ["", "1", "2", "", "", "3"]
        ),
        (
            #"<row><c t="d"><v>2026-11-21</v></c><c><v>46347</v></c></row>"#,
            ["2026-11-21", "46347"]
        ),
        (#"<row><c t="inlineStr"><is><t><![CDATA[<&>]]></t></is></c></row>"#, ["<&>"]),
        (#"<row><c><v> 1 </v><extLst><ext><v>2</v></ext></extLst></c></row>"#, [" 1 2"]),
    ])
    func `reads cells of every type`(rows: String, fields: [String]) throws {
        #expect(try CraftedWorkbook(rows: rows, strings: Self.strings).fields() == [fields])
    }

    @Test(arguments: [
        ("5", "5"), ("007", "007"), ("12345678901234567890", "12345678901234567890"),
        ("0.10000000000000001", "0.1"), ("1.1000000000000001", "1.1"), ("5.0", "5"),
        ("-2.50", "-2.5"),
        ("1.2345678E7", "12345678"), ("1E+20", "1e+20"), ("1e400", "1e400"),
        ("1e999999", "1e999999"),
        ("4.5999999999999996", "4.6"), ("nonsense.", "nonsense."),
    ])
    func `writes numbers without the noise of floating point`(file: String, text: String) {
        #expect(Worksheet.number(file) == text)
    }

    @Test func `leaves out blank rows, and fills short ones`() throws {
        let rows =
            #"<row r="2"><c t="str"><v>a</v></c><c t="str"><v>b</v></c></row><row r="3"/>"#
            + #"<row r="5" hidden="1"><c r="A5"><v>1</v></c></row><row><c r="C6"><v>2</v></c></row>"#
        let table = try Table(try CraftedWorkbook(rows: rows).file())
        #expect(table.rows.map(\.number) == [2, 5, 6])
        #expect(table.rows.map(\.fields) == [["a", "b"], ["1", ""], ["", "", "2"]])
    }

    @Test(arguments: [
        (["hidden", "visible"], "2"), (["veryHidden", "visible"], "2"),
        (["visible", "visible"], "1"),
        (["hidden", "hidden"], "1"),
    ])
    func `reads the first sheet that is visible`(states: [String], text: String) throws {
        var book = CraftedWorkbook(rows: "<row><c><v>1</v></c></row>")
        book["xl/worksheets/sheet2.xml"] = CraftedWorkbook.worksheet("<row><c><v>2</v></c></row>")
        book["xl/workbook.xml"] = CraftedWorkbook.workbook([
            ("One", "rId1", states[0]), ("Two", "rId3", states[1]),
        ])
        #expect(try book.fields() == [[text]])
    }

    @Test func `finds parts by their relationships, wherever they are`() throws {
        var book = CraftedWorkbook(rows: "<row><c><v>1</v></c></row>")
        let sheet = book["xl/worksheets/sheet1.xml"]
        book["xl/worksheets/sheet1.xml"] = nil
        book["Elsewhere/A.xml"] = sheet
        for target in ["../Elsewhere/A.xml", "/Elsewhere/A.xml", "./../elsewhere/a.XML"] {
            book["xl/_rels/workbook.xml.rels"] = CraftedWorkbook.relationships([
                ("worksheet", target)
            ])
            #expect(try book.fields() == [["1"]])
        }
    }

    @Test func `reads the strict edition, and prefixes`() throws {
        var book = CraftedWorkbook()
        let strict = "http://purl.oclc.org/ooxml/officeDocument/relationships"
        book["xl/workbook.xml"] =
            #"<x:workbook xmlns:x="m" xmlns:rel="\#(strict)"><x:sheets>"#
            + #"<x:sheet name="A" rel:id="rId1"/></x:sheets></x:workbook>"#
        book["xl/worksheets/sheet1.xml"] =
            #"<x:worksheet xmlns:x="m"><x:sheetData><x:row>"#
            + #"<x:c><x:v>7</x:v></x:c></x:row></x:sheetData></x:worksheet>"#
        #expect(try book.fields() == [["7"]])
    }

    @Test(
        arguments: [
            ("_rels/.rels", nil, "It is a ZIP archive and no workbook: it has no _rels/.rels."),
            (
                "_rels/.rels", "<Relationships/>",
                "It is a ZIP archive and no workbook: it has no main part."
            ),
            (
                "xl/workbook.xml", nil,
                "The workbook names the part xl/workbook.xml, which is not in it."
            ),
            ("xl/workbook.xml", "<workbook/>", "The workbook has no sheet."),
            (
                "xl/workbook.xml", "<workbook>",
                "The part xl/workbook.xml is no well-formed XML (line 1)."
            ),
            (
                "xl/_rels/workbook.xml.rels", nil,
                #"The workbook does not say where its sheet "One" is."#
            ),
            (
                "xl/_rels/workbook.xml.rels",
                CraftedWorkbook.relationships([("chartsheet", "c.xml")]),
                #"The sheet "One" has no cells; put the table on the first sheet."#
            ),
            (
                "xl/_rels/workbook.xml.rels",
                CraftedWorkbook.relationships([("worksheet", "../../x")]),
                "The workbook names a part that is outside of it."
            ),
            (
                "xl/_rels/workbook.xml.rels",
                CraftedWorkbook.relationships([("worksheet", "x")]).replacing(
                    "/></", with: #" TargetMode="External"/></"#),
                "The workbook names a part that is outside of it; nothing is fetched."
            ),
            ("xl/worksheets/sheet1.xml", "<html/>", "The part of the sheet holds no sheet."),
            (
                "xl/worksheets/sheet1.xml", "<worksheet><row r='2'/><row r='2'/></worksheet>",
                #"The row "2" follows the row 2."#
            ),
            (
                "xl/worksheets/sheet1.xml", "<worksheet><row><c r='1A'/></row></worksheet>",
                #"row 1: "1A" names no cell."#
            ),
            (
                "xl/worksheets/sheet1.xml",
                "<worksheet><row><c t='s'><v>0</v></c></row></worksheet>",
                "row 1: A cell refers to the text 0, and there is none."
            ),
            (
                "xl/worksheets/sheet1.xml",
                "<worksheet><row><c r='CW1'><v>0</v></c></row></worksheet>",
                "row 1: There are more than 100 columns."
            ),
        ] as [(String, String?, String)])
    func `says what is wrong with a workbook`(part: String, content: String?, words: String) throws
    {
        var book = CraftedWorkbook(rows: "<row><c><v>1</v></c></row>")
        book[part] = content
        let file = try book.file()
        #expect {
            _ = try Table(file)
        } throws: {
            "\($0)" == words
        }
    }
}
