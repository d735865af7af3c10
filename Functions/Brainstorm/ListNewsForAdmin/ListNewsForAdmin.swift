import Brainstorm
import FunctionPostgres
import FunctionRuntime

/// Lists all news, those not published yet included, a page at a time.
///
/// For admins. `q` is looked for in title and content.
@main
struct ListNewsForAdmin: BrainstormFunction {
    static let route = Route.get("/api/admin/news")

    var database = Database.brainstorm

    struct Filter: Decodable, PageFilter {
        var page: Whole<1, 1_000_000>?
        var limit: Whole<1, 100>?
        var q: Text<1, 100>?
        var sort: Sort?
    }

    enum Sort: String, Decodable, CaseIterable {
        case title
        case latest = "-publishedAt"
        case newest = "-createdAt"

        var order: SQL {
            switch self {
            case .title: "title, id"
            case .latest: "published_at DESC NULLS LAST, id"
            case .newest: "created_at DESC, id"
            }
        }
    }

    typealias Output = Page<News>

    func handle(_ request: Request) throws -> Response {
        let caller = try request.caller(.admin)
        let filter = try request.query(as: Filter.self)

        let page = try database.page(
            of: """
                SELECT \(News.columns)
                FROM news n
                WHERE \(SQL.contains(filter.q?.value, in: "n.title || ' ' || n.content"))
                """,
            order: (filter.sort ?? .latest).order, filter: filter, as: News.self, after: caller)
        return try .json(page)
    }
}
