import Brainstorm
import BrainstormLive
import FunctionCache
import FunctionHTTP
import FunctionPostgres
import FunctionRuntime

/// Adds an article, which appears at once, or when its time comes.
///
/// For admins. The change is audited. What has a price is paid where nothing else is said; a paid
/// article without one must still be bought, for nothing.
@main
struct CreateNews: BrainstormFunction {
    static let route = Route.post("/api/admin/news")

    var database = Database.brainstorm
    var cache = Cache()
    var publisher = Publisher()

    struct Input: Decodable {
        var title: Text<1, 200>
        var content: Text<1, 20_000>
        var type: News.Kind?
        var price: Amount<0, 9>?
        var publishedAt: Timestamp?
    }

    typealias Output = News

    func handle(_ request: Request) throws -> Response {
        let caller = try request.caller(.admin)
        let input = try request.json(as: Input.self)
        let type = try News.Kind.meant(type: input.type, price: input.price?.value)

        let news = try database.row(
            """
            INSERT INTO news AS n (
                title, content, type, price, published_at, created_at, updated_at)
            VALUES (
                \(input.title), \(input.content), \(type ?? .free),
                coalesce(\(input.price)::numeric, 0), \(input.publishedAt ?? request.time),
                \(request.time), \(request.time))
            RETURNING \(News.columns)
            """, as: News.self, after: caller)
        Live.relay(database, cache, publisher, at: request.time)
        return try .json(news, status: 201)
    }
}
