import Brainstorm
import FunctionPostgres
import FunctionRuntime

/// Shows an article, even one that is not published yet.
///
/// For admins.
@main
struct ShowNewsForAdmin: BrainstormFunction {
    static let route = Route.get("/api/admin/news/{id}")

    var database = Database.brainstorm

    typealias Output = News

    func handle(_ request: Request) throws -> Response {
        let caller = try request.caller(.admin)
        let id = try request.path("id", as: News.ID.self)

        let news = try database.row(
            "SELECT \(News.columns) FROM news n WHERE n.id = \(id)",
            as: News.self, after: caller)
        guard let news else { throw Failure.notFound("No news has the id \(id).") }
        return try .json(news)
    }
}
