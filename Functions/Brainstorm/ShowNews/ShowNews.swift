import Brainstorm
import FunctionPostgres
import FunctionRuntime

/// Shows a published article; a paid one that the caller has not bought is refused with 402.
///
/// For participants.
@main
struct ShowNews: BrainstormFunction {
    static let route = Route.get("/api/news/{id}")

    var database = Database.brainstorm

    typealias Output = Article

    func handle(_ request: Request) throws -> Response {
        let caller = try request.caller(.participant)
        let id = try request.path("id", as: News.ID.self)

        let article = try database.row(
            "SELECT \(Article.columns) FROM readable_news n WHERE n.id = \(id)",
            as: Article.self, after: caller)
        guard let article else { throw Failure.notFound("No news has the id \(id).") }
        guard article.readable else {
            throw Failure(
                402, "not-bought", "The article costs \(article.price); buy it to read it.")
        }
        return try .json(article)
    }
}
