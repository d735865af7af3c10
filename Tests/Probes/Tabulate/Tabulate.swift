import FunctionRuntime
import FunctionTables

/// Reads the table in the body, and hands it out again: as JSON, or as the file that `as` names.
@main
struct Tabulate: Function {
    static let route = Route.post("/tables")

    struct Filter: Decodable {
        var `as`: Form?
    }

    enum Form: String, Decodable, CaseIterable {
        case csv, xlsx
    }

    struct Output: Codable {
        var format: String
        var numbers: [Int]
        var rows: [[String]]
    }

    func handle(_ request: Request) throws -> Response {
        let form = try request.query(as: Filter.self).as
        let table: Table
        do {
            table = try Table(request.body)
        } catch let error as TableError {
            throw Failure.badRequest(error.description)
        }
        guard let form else {
            return try .json(
                Output(
                    format: table.format.rawValue, numbers: table.rows.map(\.number),
                    rows: table.rows.map(\.fields)))
        }
        let format: Table.Format = form == .csv ? .csv : .xlsx
        let sheet = Sheet(
            "Table", header: table.rows.first?.fields ?? [],
            rows: table.rows.dropFirst().map { $0.fields.map(Sheet.Cell.text) })
        return Response(
            status: 200, headers: ["content-type": format.mediaType],
            body: try sheet.file(as: format))
    }
}
