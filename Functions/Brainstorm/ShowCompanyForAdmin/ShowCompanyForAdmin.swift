import Brainstorm
import FunctionPostgres
import FunctionRuntime

/// Shows a company, even one that is no longer traded.
///
/// For admins.
@main
struct ShowCompanyForAdmin: BrainstormFunction {
    static let route = Route.get("/api/admin/companies/{id}")

    var database = Database.brainstorm

    typealias Output = Company

    func handle(_ request: Request) throws -> Response {
        let caller = try request.caller(.admin)
        let id = try request.path("id", as: Company.ID.self)

        let company = try database.row(
            "SELECT \(Company.columns) FROM companies c WHERE c.id = \(id)",
            as: Company.self, after: caller)
        guard let company else { throw Failure.notFound("No company has the id \(id).") }
        return try .json(company)
    }
}
