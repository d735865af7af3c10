import Brainstorm
import FunctionPostgres
import FunctionRuntime

/// Changes what is given of the market's settings, and leaves the rest.
///
/// For admins. It holds for orders from now on; a new closing time for days that open from now on, and
/// no text takes it away. Days are opened and closed by the bell. The change is audited.
@main
struct UpdateMarket: BrainstormFunction {
    static let route = Route.put("/api/admin/market")

    var database = Database.brainstorm

    struct Input: Decodable {
        var tradingEnabled: Bool?
        var brokerFeePercent: Percentage?
        var maxOrderQuantity: Whole<1, 1_000_000_000>?
        var timezone: Text<1, 100>?
        var closingTime: TimeOfDay?
    }

    typealias Output = Market

    func handle(_ request: Request) throws -> Response {
        let caller = try request.caller(.admin)
        let input = try request.json(as: Input.self)

        let market = try database.only(
            """
            SELECT \(Market.columns)
            FROM update_market(
                \(input.tradingEnabled), \(input.brokerFeePercent?.value),
                \(input.maxOrderQuantity), \(input.timezone), \(input.closingTime?.value))
            """, as: Market.self, after: caller)
        return try .json(market)
    }
}
