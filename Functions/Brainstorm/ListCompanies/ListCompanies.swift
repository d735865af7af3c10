import Brainstorm
import FunctionPostgres
import FunctionRuntime

/// Lists the companies that are traded, with their present prices.
///
/// For participants. `q` is looked for in name and ticker.
@main
struct ListCompanies: BrainstormFunction {
    static let route = Route.get("/api/companies")

    var database = Database.brainstorm

    struct Filter: Decodable {
        var q: Text<1, 100>?
        var sort: Sort?
    }

    enum Sort: String, Decodable, CaseIterable {
        case name
        case ticker
        case cheapest = "currentPrice"
        case dearest = "-currentPrice"
        case losers = "changePercent"
        case winners = "-changePercent"

        var order: SQL {
            switch self {
            case .name: "name, id"
            case .ticker: "ticker"
            case .cheapest: "current_price NULLS LAST, ticker"
            case .dearest: "current_price DESC NULLS LAST, ticker"
            case .losers: "change_percent NULLS LAST, ticker"
            case .winners: "change_percent DESC NULLS LAST, ticker"
            }
        }
    }

    typealias Output = [Company]

    func handle(_ request: Request) throws -> Response {
        let caller = try request.caller(.participant)
        let filter = try request.query(as: Filter.self)

        let companies = try database.rows(
            """
            SELECT \(Company.columns)
            FROM companies c
            WHERE c.active AND \(SQL.contains(filter.q?.value, in: "c.name || ' ' || c.ticker"))
            ORDER BY \((filter.sort ?? .ticker).order)
            """, as: Company.self, after: caller)
        return try .json(companies)
    }
}
