import FunctionCrypto
public import FunctionRuntime
public import FunctionTables

/// A table that somebody has sent as a file.
public struct Upload: Sendable {
    /// 5 MiB.
    private static let limit = 5 << 20
    /// What a form takes that has such a file and little else.
    public static let bodyLimit = limit + (64 << 10)
    /// What browsers and spreadsheets call each; some know neither.
    private static let types: [Table.Format: Set<String>] = [
        .csv: [
            "text/csv", "application/csv", "application/vnd.ms-excel", "text/plain",
            "application/octet-stream",
        ],
        .xlsx: [Table.Format.xlsx.mediaType, "application/octet-stream", "application/zip"],
    ]

    public let name: String
    public let body: [UInt8]
    private let format: Table.Format

    /// The file of a form's field `file`.
    ///
    /// - Throws: 400 without it, 413 where it is too large, 415 where it is neither CSV nor XLSX.
    public init(in request: Request) throws {
        let files = try request.form().filter { $0.name == "file" }
        guard files.count == 1, let file = files.first, let name = file.fileName, !name.isEmpty
        else {
            throw Failure.badRequest("The form must have one file, in the field \"file\".")
        }
        let format = Table.Format.allCases.first {
            name.lowercased().hasSuffix(".\($0.fileExtension)")
        }
        let type = file.contentType ?? "application/octet-stream"
        guard let format, Self.types[format]?.contains(type) == true else {
            throw Failure(
                415, "unsupported-media-type",
                "The file must be a .csv or .xlsx file; this is \(name) of the type \(type).")
        }
        try self.init(name: name, body: file.body, format: format)
    }

    /// A body that is CSV itself.
    ///
    /// - Throws: 413 where it is too large.
    public init(csv body: [UInt8]) throws {
        try self.init(name: "", body: body, format: .csv)
    }

    private init(name: String, body: [UInt8], format: Table.Format) throws {
        guard body.count <= Self.limit else {
            throw Failure(
                413, "content-too-large",
                "The file has \(body.count) bytes; it may have \(Self.limit).")
        }
        // The database cannot hold U+0000.
        self.name = String(name.filter { $0 != "\0" }.prefix(200))
        self.body = body
        self.format = format
    }

    /// Of the file as it came, in hexadecimal.
    public var sha256: String { Hex.encode(Hash.sha256.digest(of: body)) }

    /// Reads the table.
    ///
    /// - Throws: 400 where it is not what its name says, 413 where it has too much of anything.
    public func table() throws -> Table {
        guard format == .xlsx || Table.Format(of: body) == .csv else {
            throw Failure.badRequest(
                "The file is named as CSV, and its content is a ZIP archive; "
                    + "name a workbook .xlsx.")
        }
        do {
            return try Table(body, as: format)
        } catch let error as TableError {
            let place = error.place.map { ", \($0)" } ?? ""
            throw Failure(
                error.isExcess ? 413 : 400, error.isExcess ? "content-too-large" : "bad-request",
                "The file cannot be read as \(format.rawValue)\(place): \(error.problem)")
        }
    }
}

extension Table {
    /// The columns of the first row in the spelling of those that are known: case and spaces
    /// do not count.
    public func header(knowing columns: [String]) -> [String] {
        (rows.first?.fields ?? []).map { name in
            let name = name.filter { $0 != " " }.lowercased()
            return columns.first { $0.lowercased() == name } ?? name
        }
    }
}
