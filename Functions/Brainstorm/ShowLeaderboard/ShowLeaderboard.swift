import Brainstorm
import FunctionPostgres
import FunctionRuntime

/// Ranks all active participants by what their cash and shares are worth now.
///
/// For participants. Who are worth the same share a rank.
@main
struct ShowLeaderboard: BrainstormFunction {
    static let route = Route.get("/api/leaderboard")

    var database = Database.brainstorm

    struct Place: Codable {
        var rank: Int
        var displayName: String?
        var portfolioValue: Money
        /// Percent of the starting balance.
        var returnPercent: Fixed<2>
    }

    typealias Output = [Place]

    func handle(_ request: Request) throws -> Response {
        let caller = try request.caller(.participant)

        let places = try database.rows(
            """
            SELECT l.rank, l.display_name, l.portfolio_value, l.return_percent
            FROM leaderboard l
            ORDER BY l.rank, l.display_name, l.participant_id
            """, as: Place.self, after: caller)
        return try .json(places)
    }
}
