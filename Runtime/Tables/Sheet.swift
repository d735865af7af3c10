/// A table that is handed out as a file: a header and rows.
///
/// ```swift
/// let sheet = Sheet("Prices", header: ["ticker", "price"], rows: [[.text("ACME"), .number("120.00")]])
/// let file = try sheet.file(as: .xlsx)
/// ```
///
/// Whoever opens it with a spreadsheet runs no formula that a text would be: in CSV such a text has an
/// apostrophe before it, which ``Table`` takes away when it reads it; in XLSX it is typed as text. The same
/// sheet is always the same bytes.
public struct Sheet: Sendable {
    /// What a cell holds.
    public enum Cell: Sendable, Equatable {
        case text(String)
        /// As it is written in digits, such as `-1.50`.
        case number(String)
        case flag(Bool)
        case blank
    }

    var name: String
    var header: [String]
    var rows: [[Cell]]

    /// - Parameters:
    ///   - name: of the sheet in a workbook, 31 characters at most.
    ///   - header: the names of the columns.
    ///   - rows: each with as many cells.
    public init(_ name: String, header: [String], rows: [[Cell]]) {
        self.name = name
        self.header = header
        self.rows = rows
    }

    /// The sheet as a file.
    ///
    /// CSV is UTF-8 behind a byte order mark, without which Excel takes it for another encoding.
    public func file(as format: Table.Format) throws -> [UInt8] {
        switch format {
        case .csv: [0xEF, 0xBB, 0xBF] + csv()
        case .xlsx: try XLSXWriter(self).file()
        }
    }

    /// The sheet as CSV without a byte order mark: RFC 4180, each line with a carriage return.
    public func csv(delimiter: UInt8 = UInt8(ascii: ",")) -> [UInt8] {
        var writer = CSVWriter(delimiter: delimiter)
        writer.add(header.map(Cell.text))
        for row in rows { writer.add(row) }
        return writer.text
    }
}

extension Table.Format {
    /// As a file's name ends.
    public var fileExtension: String { self == .csv ? "csv" : "xlsx" }

    /// The media type of such a file.
    public var mediaType: String {
        switch self {
        case .csv: "text/csv; charset=utf-8"
        case .xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        }
    }
}

/// Writes the lines of a CSV file.
private struct CSVWriter {
    let delimiter: UInt8
    var text: [UInt8] = []

    init(delimiter: UInt8) {
        self.delimiter = delimiter
    }

    mutating func add(_ cells: [Sheet.Cell]) {
        for (index, cell) in cells.enumerated() {
            if index > 0 { text.append(delimiter) }
            switch cell {
            case .text(let value): add(FormulaGuard.guarded(value))
            case .number(let digits): text += digits.utf8
            case .flag(let isTrue): text += (isTrue ? "TRUE" : "FALSE").utf8
            case .blank: break
            }
        }
        text += [0x0D, 0x0A]
    }

    private mutating func add(_ field: String) {
        let quote = UInt8(ascii: "\"")
        guard field.utf8.contains(where: { [delimiter, quote, 0x0A, 0x0D].contains($0) }) else {
            text += field.utf8
            return
        }
        text.append(quote)
        for byte in field.utf8 {
            if byte == quote { text.append(quote) }
            text.append(byte)
        }
        text.append(quote)
    }
}
