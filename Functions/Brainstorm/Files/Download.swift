public import FunctionRuntime
public import FunctionTables

/// In what a table is wanted, as `?format=` names it.
public enum FileForm: String, Decodable, CaseIterable, Sendable {
    case csv
    case xlsx

    var format: Table.Format {
        switch self {
        case .csv: .csv
        case .xlsx: .xlsx
        }
    }
}

extension Sheet {
    /// The sheet as a file that a browser saves and nobody keeps on the way.
    ///
    /// - Parameters:
    ///   - name: of the file, without what it ends with.
    ///   - form: what was asked for; nil for CSV.
    /// - Returns: the answer.
    /// - Throws: where memory is out.
    public func download(_ name: String, as form: FileForm?) throws -> Response {
        let format = (form ?? .csv).format
        return Response(
            status: 200,
            headers: [
                "content-type": format.mediaType,
                "content-disposition": "attachment; filename=\"\(name).\(format.fileExtension)\"",
                "cache-control": "no-store",
                "x-content-type-options": "nosniff",
            ], body: try file(as: format))
    }
}
