import Brainstorm
import FunctionPostgres
import FunctionRuntime

/// Shows how far the import of a file has come.
///
/// For admins.
@main
struct ShowImport: BrainstormFunction {
    static let route = Route.get("/api/admin/participants/imports/{id}")

    var database = Database.brainstorm

    typealias Output = ImportProgress

    func handle(_ request: Request) throws -> Response {
        let caller = try request.caller(.admin)
        let id = try request.path("id", as: ImportOrder.ID.self)

        let progress = try database.row(
            "SELECT \(ImportProgress.columns) FROM import_jobs j WHERE j.id = \(id)",
            as: ImportProgress.self, after: caller)
        guard let progress else { throw Failure.notFound("No import has the id \(id).") }
        return try .json(progress).adding("cache-control", "no-store")
    }
}
