import Brainstorm
import FunctionPostgres
import FunctionRuntime

/// Shows a company that is traded.
///
/// For participants.
@main
struct ShowCompany: BrainstormFunction {
    static let route = Route.get("/api/companies/{id}")

    var database = Database.brainstorm

    typealias Output = Company

    func handle(_ request: Request) throws -> Response {
        let caller = try request.caller(.participant)
        let id = try request.path("id", as: Company.ID.self)

        let company = try database.row(
            "SELECT \(Company.columns) FROM companies c WHERE c.id = \(id) AND c.active",
            as: Company.self, after: caller)
        guard let company else { throw Failure.notFound("No company has the id \(id).") }
        return try .json(company)
    }
}
