import Brainstorm
import BrainstormFiles
import FunctionCrypto
import FunctionPostgres
import FunctionRuntime
import FunctionTables

/// Hands out a file as ImportParticipants takes it, with one participant for an example.
///
/// For admins. The example can be imported as it is; so its password is another one each time, and
/// opens no door where somebody forgets to take it out.
@main
struct ShowImportTemplate: BrainstormFunction {
    static let route = Route.get("/api/admin/participants/import/template")

    var database = Database.brainstorm

    struct Filter: Decodable {
        var format: FileForm?
    }

    func handle(_ request: Request) throws -> Response {
        let caller = try request.caller(.admin)
        let filter = try request.query(as: Filter.self)
        try database.run("SELECT 1", after: caller)

        let password = Hex.encode(try Random.bytes(8))
        let sheet = Sheet(
            "Participants",
            header: ["teamName", "school", "username", "password", "days", "brokers"],
            rows: [
                [
                    .text("Lions"), .text("North School"), .text("lea.example"), .text(password),
                    .number("5"), .number("1"),
                ]
            ])
        return try sheet.download("participants-template", as: filter.format)
    }
}
