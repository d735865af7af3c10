import Brainstorm
import BrainstormLive
import FunctionCache
import FunctionHTTP
import FunctionPostgres
import FunctionRuntime

/// Changes what is given of an article, and leaves the rest.
///
/// For admins. A price makes it paid, and one that becomes free loses its price. A time that has
/// not come hides the article until then; it is announced the first time only.
@main
struct UpdateNews: BrainstormFunction {
    static let route = Route.put("/api/admin/news/{id}")

    var database = Database.brainstorm
    var cache = Cache()
    var publisher = Publisher()

    struct Input: Decodable {
        var title: Text<1, 200>?
        var content: Text<1, 20_000>?
        var type: News.Kind?
        var price: Amount<0, 9>?
        var publishedAt: Timestamp?
    }

    typealias Output = News

    func handle(_ request: Request) throws -> Response {
        let caller = try request.caller(.admin)
        let id = try request.path("id", as: News.ID.self)
        let input = try request.json(as: Input.self)
        let type = try News.Kind.meant(type: input.type, price: input.price?.value)

        let news = try database.row(
            """
            UPDATE news AS n SET
                title = coalesce(\(input.title), n.title),
                content = coalesce(\(input.content), n.content),
                type = coalesce(\(type), n.type),
                price = coalesce(
                    \(input.price), CASE WHEN \(type) = 'free' THEN 0 ELSE n.price END),
                published_at = coalesce(\(input.publishedAt), n.published_at),
                updated_at = \(request.time)
            WHERE n.id = \(id)
            RETURNING \(News.columns)
            """, as: News.self, after: caller)
        guard let news else { throw Failure.notFound("No news has the id \(id).") }
        Live.relay(database, cache, publisher, at: request.time)
        return try .json(news)
    }
}
