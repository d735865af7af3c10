import Brainstorm
import FunctionPostgres
import FunctionRuntime

/// Deletes a company that nobody has traded; one that has transactions is refused with 409.
///
/// For admins.
@main
struct DeleteCompany: BrainstormFunction {
    static let route = Route.delete("/api/admin/companies/{id}")

    var database = Database.brainstorm

    typealias Output = Deletion

    func handle(_ request: Request) throws -> Response {
        let caller = try request.caller(.admin)
        let id = try request.path("id", as: Company.ID.self)

        // That nobody has traded it is for the foreign keys to say.
        let ticker = try database.value(
            "DELETE FROM companies WHERE id = \(id) RETURNING ticker",
            as: String?.self, after: caller)
        guard let ticker else { throw Failure.notFound("No company has the id \(id).") }
        return try .json(Deletion(message: "The company \(ticker) is deleted."))
    }
}
