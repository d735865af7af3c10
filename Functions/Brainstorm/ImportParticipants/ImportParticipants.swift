import Brainstorm
import BrainstormFiles
import FunctionCrypto
import FunctionHTTP
import FunctionPasswords
import FunctionPostgres
import FunctionRuntime

/// Makes participants of the rows of a CSV or XLSX file; of many in the background.
///
/// For admins. Rows that cannot be imported are reported and stop no others. A username that is there
/// already is such a row, so that the same file again makes no duplicates. The file is kept as an
/// object, without its passwords; where more rows are good than a request can hash, these wait beside
/// it, sealed, and the answer is 202 with the address that tells how far ContinueImport has come.
@main
struct ImportParticipants: BrainstormFunction {
    static let route = Route.post("/api/admin/participants/import")
    static let bodyLimit: Int? = Upload.bodyLimit

    var database = Database.brainstorm
    var imports = Objects("imports")
    var orders = Queue(ImportOrder.queue)
    var secret = Variable("JWT_SECRET")
    var appURL = Variable("APP_URL")

    func handle(_ request: Request) throws -> Response {
        let caller = try request.caller(.admin)
        let file = try Upload(in: request)
        var roster = try Roster(file.table())

        let usernames = roster.candidates.map(\.username)
        let taken = try database.rows(
            "SELECT lower(u.username) AS name FROM users u WHERE u.username = ANY (\(usernames)::citext[])",
            as: Taken.self, after: caller)
        roster.refuse(taken.map(\.name))

        let key = "participants/\(file.sha256).csv"
        try depending(on: "The store of imported files") {
            try imports.put(key, roster.textWithoutPasswords, .init(contentType: "text/csv"))
        }
        let start: SQL = """
            SELECT id, run, place, resumes
            FROM start_import(
                \(file.sha256), \(key), \(file.name), \(file.body.count), \(roster.rowCount),
                \(roster.candidates.count), \(try JSON(encoding: roster.problems)))
            """
        let begun = try begin(start, roster, after: caller)
        guard begun.progress.status == .running else {
            roster.keep(only: begun.imported.map(\.username))
            return try .json(Output(begun.imported, roster))
        }
        return try goOn(begun, roster.candidates)
    }

    private struct Taken: Decodable {
        var name: String
    }
}
