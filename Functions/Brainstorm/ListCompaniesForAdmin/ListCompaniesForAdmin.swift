import Brainstorm
import FunctionPostgres
import FunctionRuntime

/// Lists all companies, those no longer traded included, a page at a time.
///
/// For admins. `q` is looked for in name and ticker.
@main
struct ListCompaniesForAdmin: BrainstormFunction {
    static let route = Route.get("/api/admin/companies")

    var database = Database.brainstorm

    struct Filter: Decodable, PageFilter {
        var page: Whole<1, 1_000_000>?
        var limit: Whole<1, 100>?
        var q: Text<1, 100>?
        var sort: Sort?
    }

    enum Sort: String, Decodable, CaseIterable {
        case name
        case ticker
        case price = "-currentPrice"
        case newest = "-createdAt"

        var order: SQL {
            switch self {
            case .name: "name, id"
            case .ticker: "ticker"
            case .price: "current_price DESC NULLS LAST, id"
            case .newest: "created_at DESC, id"
            }
        }
    }

    typealias Output = Page<Company>

    func handle(_ request: Request) throws -> Response {
        let caller = try request.caller(.admin)
        let filter = try request.query(as: Filter.self)

        let page = try database.page(
            of: """
                SELECT \(Company.columns)
                FROM companies c
                WHERE \(SQL.contains(filter.q?.value, in: "c.name || ' ' || c.ticker"))
                """,
            order: (filter.sort ?? .ticker).order, filter: filter, as: Company.self, after: caller)
        return try .json(page)
    }
}
