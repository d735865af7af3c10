import Brainstorm
import BrainstormLive
import FunctionCache
import FunctionHTTP
import FunctionPostgres
import FunctionRuntime

/// Takes the game back to its beginning, and says how much of what has gone.
///
/// For admins, who must confirm it with `{"confirm": "RESET"}`. All trades, shares, purchases of news, daily
/// values and market days go; participants have what they started with, and companies keep their
/// prices. All of it happens or nothing; it is audited, and whoever watches is told.
@main
struct ResetGame: BrainstormFunction {
    static let route = Route.post("/api/admin/game/reset")

    var database = Database.brainstorm
    var cache = Cache()
    var publisher = Publisher()

    struct Input: Decodable {
        var confirm: Confirmation
    }

    enum Confirmation: String, Decodable, CaseIterable {
        case reset = "RESET"
    }

    struct Output: Codable {
        /// Who have their starting balance again.
        var participants: Int
        var transactions: Int
        var holdings: Int
        var newsPurchases: Int
        var portfolioSnapshots: Int
        var marketDays: Int
    }

    func handle(_ request: Request) throws -> Response {
        let caller = try request.caller(.admin)
        _ = try request.json(as: Input.self)

        let counts = try database.only(
            """
            SELECT
                participants, transactions, holdings, news_purchases, portfolio_snapshots,
                market_days
            FROM reset_game()
            """, as: Output.self, after: caller)
        Live.relay(database, cache, publisher, at: request.time)
        return try .json(counts)
    }
}
