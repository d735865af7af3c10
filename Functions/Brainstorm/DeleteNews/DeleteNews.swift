import Brainstorm
import FunctionPostgres
import FunctionRuntime

/// Deletes an article, also one that was bought; what was paid for it stays paid.
///
/// For admins.
@main
struct DeleteNews: BrainstormFunction {
    static let route = Route.delete("/api/admin/news/{id}")

    var database = Database.brainstorm

    typealias Output = Deletion

    func handle(_ request: Request) throws -> Response {
        let caller = try request.caller(.admin)
        let id = try request.path("id", as: News.ID.self)

        let title = try database.value(
            "DELETE FROM news WHERE id = \(id) RETURNING title",
            as: String?.self, after: caller)
        guard let title else { throw Failure.notFound("No news has the id \(id).") }
        return try .json(Deletion(message: "The article \"\(title)\" is deleted."))
    }
}
