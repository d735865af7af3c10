import Brainstorm
import BrainstormLive
import FunctionPostgres
import FunctionRuntime

/// Shows what an overlay begins with: the market, the best ten, and the last trades and news.
///
/// For who has an overlay's token, and for admins.
@main
struct ShowSnapshot: BrainstormFunction {
    static let route = Route.get("/api/obs/snapshot")

    var database = Database.brainstorm

    struct Filter: Decodable {
        var token: String?
    }

    struct Place: Codable {
        var rank: Int
        var displayName: String?
        var portfolioValue: Money
        /// Percent of the starting balance.
        var returnPercent: Fixed<2>
    }

    struct LastTrade: Codable {
        var displayName: String?
        var ticker: String
        var type: Trade.Kind
        var quantity: Int
        var price: Money
        var at: Timestamp
    }

    struct Headline: Codable {
        var id: News.ID
        var title: String
        var type: News.Kind
        var at: Timestamp
    }

    struct Output: Codable {
        var market: MarketState
        var leaderboard: [Place]
        var trades: [LastTrade]
        var news: [Headline]
    }

    func handle(_ request: Request) throws -> Response {
        let credential = try Credential(request)

        let snapshot = try database.value(
            "SELECT live_snapshot(\(credential.sessionHash), \(credential.tokenHash), \(request.time))",
            as: Output.self)
        return try .json(snapshot)
    }
}
