import Brainstorm
import FunctionCrypto
import FunctionHTTP
import FunctionPasswords
import FunctionPostgres
import FunctionRuntime

/// Makes participants of the rows of a CSV file.
///
/// For admins. Rows that cannot be imported are reported and stop no others; what is good is made
/// in one transaction, and audited. A username that is there already is such a row, so that the same
/// file again makes no duplicates. The file is kept as an object, without its passwords.
@main
struct ImportParticipants: BrainstormFunction {
    static let route = Route.post("/api/admin/participants/import")

    var database = Database.brainstorm
    var imports = Objects("imports")

    struct Output: Codable {
        var message: String
        var imported: [Imported]
        var errors: [Roster.Problem]
    }

    struct Imported: Codable {
        var id: Participant.ID
        var username: String
    }

    func handle(_ request: Request) throws -> Response {
        let caller = try request.caller(.admin)
        let file = try Upload(in: request)
        var roster = try Roster(file.body)

        let usernames = roster.candidates.map(\.row.username.value)
        let taken = try database.rows(
            "SELECT lower(u.username) AS name FROM users u WHERE u.username = ANY (\(usernames)::citext[])",
            as: Taken.self, after: caller)
        roster.refuse(taken.map(\.name))

        let key = "participants/\(file.sha256).csv"
        try depending(on: "The store of imported files") {
            try imports.put(key, roster.textWithoutPasswords, .init(contentType: "text/csv"))
        }
        let accounts = try JSON(encoding: roster.candidates.map(NewAccount.init))
        let imported = try database.rows(
            """
            SELECT id, username
            FROM import_participants(
                \(file.sha256), \(key), \(file.name), \(file.body.count), \(roster.rowCount),
                \(accounts))
            """, as: Imported.self, after: caller)
        roster.keep(only: imported.map(\.username))
        let message = "\(imported.count) of \(roster.rowCount) rows were imported."
        return try .json(Output(message: message, imported: imported, errors: roster.problems))
    }

    private struct Taken: Decodable {
        var name: String
    }
}
