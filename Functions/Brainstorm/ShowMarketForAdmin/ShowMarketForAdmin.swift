import Brainstorm
import FunctionPostgres
import FunctionRuntime

/// Shows the market's settings, and its present day; while it is closed, its last one.
///
/// For admins.
@main
struct ShowMarketForAdmin: BrainstormFunction {
    static let route = Route.get("/api/admin/market")

    var database = Database.brainstorm

    typealias Output = Market

    func handle(_ request: Request) throws -> Response {
        let caller = try request.caller(.admin)

        let market = try database.only(
            "SELECT \(Market.columns) FROM market_state", as: Market.self, after: caller)
        return try .json(market)
    }
}
