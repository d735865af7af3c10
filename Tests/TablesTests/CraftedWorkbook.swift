import ZipFiles

@testable import FunctionTables

/// A workbook made by hand, whose parts a test changes.
struct CraftedWorkbook {
    static let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    static let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

    var parts: [(name: String, content: String)]

    /// One sheet with these rows, as XML, and shared strings, as XML.
    init(rows: String = "", strings: String = "") {
        parts = [
            ("[Content_Types].xml", "<Types/>"),
            ("_rels/.rels", Self.relationships([("officeDocument", "xl/workbook.xml")])),
            ("xl/workbook.xml", Self.workbook([("One", "rId1", "visible")])),
            (
                "xl/_rels/workbook.xml.rels",
                Self.relationships([
                    ("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml"),
                    ("worksheet", "worksheets/sheet2.xml"),
                ])
            ),
            ("xl/sharedStrings.xml", #"<sst xmlns="\#(Self.main)">\#(strings)</sst>"#),
            ("xl/worksheets/sheet1.xml", Self.worksheet(rows)),
        ]
    }

    static func worksheet(_ rows: String) -> String {
        #"<worksheet xmlns="\#(main)"><sheetData>\#(rows)</sheetData></worksheet>"#
    }

    static func workbook(_ sheets: [(name: String, id: String, state: String)]) -> String {
        let elements = sheets.map {
            #"<sheet name="\#($0.name)" sheetId="1" state="\#($0.state)" r:id="\#($0.id)"/>"#
        }
        return #"<workbook xmlns="\#(main)" xmlns:r="\#(office)"><sheets>\#(elements.joined())"#
            + "</sheets></workbook>"
    }

    static func relationships(_ targets: [(type: String, target: String)]) -> String {
        let elements = targets.enumerated().map { index, entry in
            #"<Relationship Id="rId\#(index + 1)" Type="\#(office)/\#(entry.type)" "#
                + #"Target="\#(entry.target)"/>"#
        }
        return "<Relationships>\(elements.joined())</Relationships>"
    }

    /// The content of a part; nil takes it away.
    subscript(name: String) -> String? {
        get { parts.first { $0.name == name }?.content }
        set {
            parts.removeAll { $0.name == name }
            if let newValue { parts.append((name, newValue)) }
        }
    }

    func file() throws -> [UInt8] {
        try ZipWriter.archive(parts.map { ($0.name, Array($0.content.utf8)) })
    }

    func fields() throws -> [[String]] {
        try Table(try file()).rows.map(\.fields)
    }
}
