internal import ZipFiles

/// Writes a sheet as a workbook of Office Open XML (ECMA-376) with the parts that it must have.
///
/// Texts are inline strings with the format `@`, so that they stay texts when somebody edits them; the header
/// is bold and stays in view.
struct XLSXWriter {
    private static let declaration =
        #"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"# + "\n"
    private static let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    private static let package = "http://schemas.openxmlformats.org/package/2006"
    private static let office =
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    private static let content = "application/vnd.openxmlformats-officedocument.spreadsheetml"

    private let sheet: Sheet

    init(_ sheet: Sheet) {
        self.sheet = sheet
    }

    func file() throws -> [UInt8] {
        try ZipWriter.archive(
            [
                ("[Content_Types].xml", Self.contentTypes),
                ("_rels/.rels", Self.relationships([("officeDocument", "xl/workbook.xml")])),
                ("xl/workbook.xml", workbook),
                (
                    "xl/_rels/workbook.xml.rels",
                    Self.relationships([
                        ("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml"),
                    ])
                ),
                ("xl/styles.xml", Self.styles),
                ("xl/worksheets/sheet1.xml", worksheet),
            ].map { ($0.0, Array((Self.declaration + $0.1).utf8)) })
    }

    private static var contentTypes: String {
        let parts = [
            ("/xl/workbook.xml", "sheet.main"), ("/xl/worksheets/sheet1.xml", "worksheet"),
            ("/xl/styles.xml", "styles"),
        ].map { #"<Override PartName="\#($0)" ContentType="\#(content).\#($1)+xml"/>"# }
        return #"<Types xmlns="\#(package)/content-types">"#
            + #"<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>"#
            + #"<Default Extension="xml" ContentType="application/xml"/>"#
            + parts.joined() + "</Types>"
    }

    private static func relationships(_ targets: [(type: String, target: String)]) -> String {
        let entries = targets.enumerated().map { index, entry in
            #"<Relationship Id="rId\#(index + 1)" Type="\#(office)/\#(entry.type)" "#
                + #"Target="\#(entry.target)"/>"#
        }
        return #"<Relationships xmlns="\#(package)/relationships">"# + entries.joined()
            + "</Relationships>"
    }

    private var workbook: String {
        let name = EscapedText.encode(sheet.name).split(separator: "\"").joined(separator: "&quot;")
        return #"<workbook xmlns="\#(Self.main)" xmlns:r="\#(Self.office)"><sheets>"#
            + #"<sheet name="\#(name)" sheetId="1" r:id="rId1"/></sheets></workbook>"#
    }

    /// The formats of cells: 0 for numbers, 1 for texts, 2 for the header.
    private static var styles: String {
        #"<styleSheet xmlns="\#(main)"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>"#
            + #"<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>"#
            + #"<fills count="2"><fill><patternFill patternType="none"/></fill>"#
            + #"<fill><patternFill patternType="gray125"/></fill></fills>"#
            + "<borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders>"
            + #"<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>"#
            + #"<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>"#
            + #"<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>"#
            + #"<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" "#
            + #"applyFont="1"/></cellXfs>"#
            + #"<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>"#
            + "</styleSheet>"
    }

    private var worksheet: String {
        var text = #"<worksheet xmlns="\#(Self.main)"><sheetViews><sheetView workbookViewId="0">"#
        text += #"<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>"#
        text += "</sheetView></sheetViews><sheetData>"
        add(sheet.header.map(Sheet.Cell.text), number: 1, style: 2, to: &text)
        for (index, row) in sheet.rows.enumerated() {
            add(row, number: index + 2, style: 1, to: &text)
        }
        return text + "</sheetData></worksheet>"
    }

    private func add(_ cells: [Sheet.Cell], number: Int, style: Int, to text: inout String) {
        text += #"<row r="\#(number)">"#
        for (index, cell) in cells.enumerated() {
            let place = "\(Self.letters(index))\(number)"
            switch cell {
            case .text(let value):
                text +=
                    #"<c r="\#(place)" s="\#(style)" t="inlineStr"><is><t xml:space="preserve">"#
                text += EscapedText.encode(value)
                text += "</t></is></c>"
            case .number(let digits): text += #"<c r="\#(place)"><v>\#(digits)</v></c>"#
            case .flag(let isTrue):
                text += #"<c r="\#(place)" t="b"><v>\#(isTrue ? 1 : 0)</v></c>"#
            case .blank: break
            }
        }
        text += "</row>"
    }

    /// The letters of a column, from 0: `A`, `Z`, `AA`.
    static func letters(_ column: Int) -> String {
        var letters = ""
        var rest = column + 1
        while rest > 0 {
            letters = String(UnicodeScalar(UInt8(0x41 + (rest - 1) % 26))) + letters
            rest = (rest - 1) / 26
        }
        return letters
    }
}
