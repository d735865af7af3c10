/// A table that somebody has sent: the rows of a CSV file, or of a workbook's first visible sheet.
///
/// ```swift
/// let table = try Table(file.body)
/// let header = table.rows.first?.fields
/// ```
///
/// Nothing in it is believed: how large it is, how far it inflates and how many rows it has is counted
/// while it is read, and what exceeds its ``Limits`` is refused. A cell is text, as the file has
/// it; a number of a workbook is written without the noise of binary floating point, and a date of a
/// workbook is such a number, as only its format tells that it is one.
public struct Table: Sendable {
    /// What a table is written in.
    public enum Format: String, Sendable, CaseIterable {
        case csv = "CSV"
        case xlsx = "XLSX"

        /// What the content of a file looks like, whatever its name: what is no ZIP archive is text.
        public init(of file: [UInt8]) {
            self = file.starts(with: [0x50, 0x4B, 0x03, 0x04]) ? .xlsx : .csv
        }
    }

    /// A row that is not blank.
    public struct Row: Sendable, Equatable {
        /// As spreadsheets count, from 1, blank rows included.
        public var number: Int
        /// Of CSV as many as there are; of XLSX as many as the first row has, or more.
        public var fields: [String]
    }

    /// How much a table may have.
    public struct Limits: Sendable {
        /// The header and 10,000 rows below it.
        public var rows = 10_001
        public var columns = 100
        /// Of one cell, in UTF-16, as Excel counts.
        public var characters = 32_767
        /// Of all cells together, in UTF-8: one text of a workbook may stand in many cells.
        public var bytes = 16 << 20
        /// The files in a workbook's archive.
        public var entries = 1000
        /// What is inflated of a workbook, all parts together.
        public var inflated = 64 << 20

        public init() {}
    }

    public let format: Format
    /// What stands between the fields of CSV.
    public let delimiter: UInt8
    public private(set) var rows: [Row]

    /// - Parameters:
    ///   - file: what was sent.
    ///   - format: what it is to be read as; nil for what it looks like.
    ///   - limits: what it may have.
    /// - Throws: ``TableError`` where it is no such table.
    public init(
        _ file: [UInt8], as format: Format? = nil, within limits: Limits = .init()
    ) throws {
        self.format = format ?? Format(of: file)
        switch self.format {
        case .csv:
            var reader = try CSVReader(file, within: limits)
            delimiter = reader.delimiter
            rows = try reader.rows()
        case .xlsx:
            delimiter = UInt8(ascii: ",")
            rows = try Workbook(file, within: limits).rows()
        }
    }
}

/// Why a file is no table.
public struct TableError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Where in the file, such as `line 3`; nil where it is the file as a whole.
    public var place: String?
    /// A sentence.
    public var problem: String
    /// Whether it has more of something than its limits allow.
    public var isExcess = false

    init(_ problem: String, at place: String? = nil) {
        self.place = place
        self.problem = problem
    }

    /// It has more than a limit allows.
    static func excess(_ problem: String, at place: String? = nil) -> TableError {
        var error = TableError(problem, at: place)
        error.isExcess = true
        return error
    }

    public var description: String { (place.map { "\($0): " } ?? "") + problem }
}

/// Takes rows while a file is read, and counts what they have.
struct RowCollector {
    private let limits: Table.Limits
    private var bytes = 0
    private(set) var rows: [Table.Row] = []

    init(within limits: Table.Limits) {
        self.limits = limits
    }

    /// Takes a row; a blank one is passed over.
    mutating func add(_ fields: [String], number: Int, at place: String) throws {
        guard fields.contains(where: { !$0.isEmpty }) else { return }
        guard rows.count < limits.rows else {
            throw TableError.excess("There are more than \(limits.rows - 1) rows below the first.")
        }
        guard fields.count <= limits.columns else {
            throw TableError.excess("There are more than \(limits.columns) columns.", at: place)
        }
        for field in fields {
            bytes += field.utf8.count
            guard field.utf8.count <= limits.characters || field.utf16.count <= limits.characters
            else {
                throw TableError.excess(
                    "A cell has more than \(limits.characters) characters.", at: place)
            }
        }
        guard bytes <= limits.bytes else {
            throw TableError.excess(
                "The cells have more than \(limits.bytes >> 20) MiB of text in all.", at: place)
        }
        rows.append(Table.Row(number: number, fields: fields))
    }
}
