import Brainstorm
import FunctionPostgres
import FunctionRuntime

/// Lists what is published, latest first.
///
/// For everybody who is signed in. A paid article has no content until its reader has bought it;
/// admins read all.
@main
struct ListNews: BrainstormFunction {
    static let route = Route.get("/api/news")

    var database = Database.brainstorm

    struct Filter: Decodable {
        var type: News.Kind?
        var limit: Whole<1, 100>?
        var offset: Whole<0, 1_000_000>?
    }

    struct Output: Codable {
        var data: [Article]
        var total: Int
    }

    func handle(_ request: Request) throws -> Response {
        let caller = try request.caller(nil)
        let filter = try request.query(as: Filter.self)

        let (articles, total) = try database.slice(
            of: """
                SELECT \(Article.columns)
                FROM readable_news n
                WHERE n.type = coalesce(\(filter.type), n.type)
                """,
            order: "published_at DESC, id", limit: filter.limit?.value ?? 20,
            offset: filter.offset?.value ?? 0, as: Article.self, after: caller)
        return try .json(Output(data: articles, total: total))
    }
}
