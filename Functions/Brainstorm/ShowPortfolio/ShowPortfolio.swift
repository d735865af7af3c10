import Brainstorm
import FunctionPostgres
import FunctionRuntime

/// Shows what the caller owns: cash, shares at their present prices, and his place in the ranking.
///
/// For participants.
@main
struct ShowPortfolio: BrainstormFunction {
    static let route = Route.get("/api/portfolio")

    var database = Database.brainstorm

    struct Output: Codable {
        var cash: Money
        var holdings: [Holding]
        var marketValue: Money
        var portfolioValue: Money
        /// Percent of the starting balance.
        var totalReturn: Fixed<2>
        var rank: Int?
    }

    struct Holding: Codable {
        var companyId: Company.ID
        var ticker: String
        var quantity: Int
        var avgCost: Money
        var currentPrice: Money?
        var marketValue: Money
        var unrealizedPnl: Money
    }

    func handle(_ request: Request) throws -> Response {
        let caller = try request.caller(.participant)

        let portfolio = try database.row(
            """
            SELECT
                o.cash, o.market_value, o.portfolio_value, l.rank,
                coalesce(
                    round((o.portfolio_value / nullif(o.starting_balance, 0) - 1) * 100, 2), 0)
                    AS total_return,
                coalesce(h.holdings, '[]') AS holdings
            FROM portfolios o
            LEFT JOIN leaderboard l ON l.participant_id = o.participant_id
            CROSS JOIN own_holdings h
            WHERE o.participant_id = app.participant_id()
            """, as: Output.self, after: caller)
        guard let portfolio else { throw Failure.noProfile }
        return try .json(portfolio)
    }
}
