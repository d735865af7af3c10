import Brainstorm
import BrainstormLive
import FunctionCache
import FunctionHTTP
import FunctionPostgres
import FunctionRuntime

/// Buys or sells shares at the company's present price.
///
/// For participants, while the market is open. The price is the server's, never the client's. An
/// order sent again with the same `Idempotency-Key` is answered with the first one's result.
@main
struct PlaceOrder: BrainstormFunction {
    static let route = Route.post("/api/transactions")

    var database = Database.brainstorm
    var cache = Cache()
    var publisher = Publisher()

    struct Input: Decodable {
        var companyId: Company.ID
        var type: Trade.Kind
        var quantity: Whole<1, 1_000_000_000>
    }

    struct Output: Codable {
        var transaction: Trade
        var cash: Money
        var holding: Position
    }

    struct Position: Codable {
        var companyId: Company.ID
        var ticker: String
        var quantity: Int
        var avgCost: Money
    }

    private struct Filled: Decodable {
        struct Balance: Decodable {
            var cash: Money
            var held: Int
            var avgCost: Money
        }

        let trade: Trade
        let balance: Balance

        init(from decoder: any Decoder) throws {
            trade = try Trade(from: decoder)
            balance = try Balance(from: decoder)
        }
    }

    func handle(_ request: Request) throws -> Response {
        let caller = try request.caller(.participant)
        let input = try request.json(as: Input.self)
        let key = try request.idempotencyKey()

        let filled = try database.only(
            """
            SELECT \(Trade.columns), t.cash, t.held, t.avg_cost
            FROM place_order(\(input.companyId), \(input.type), \(input.quantity), \(key)) AS t
            """, as: Filled.self, after: caller)
        Live.relay(database, cache, publisher, at: request.time)
        let (trade, balance) = (filled.trade, filled.balance)
        let position = Position(
            companyId: trade.companyId, ticker: trade.ticker, quantity: balance.held,
            avgCost: balance.avgCost)
        return try .json(
            Output(transaction: trade, cash: balance.cash, holding: position), status: 201)
    }
}
