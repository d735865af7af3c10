import Brainstorm
import FunctionPostgres
import FunctionRuntime

/// Lists all participants by what they are worth now, those deactivated included.
///
/// For admins. The rank is the one that participants see; who is deactivated has none.
@main
struct ShowLeaderboardForAdmin: BrainstormFunction {
    static let route = Route.get("/api/admin/leaderboard")

    var database = Database.brainstorm

    struct Place: Codable {
        var rank: Int?
        var participantId: Participant.ID
        var username: String?
        var displayName, teamName, school: String?
        var cashBalance: Money
        var portfolioValue: Money
        /// Percent of the starting balance.
        var returnPercent: Fixed<2>
        var active: Bool
    }

    typealias Output = [Place]

    func handle(_ request: Request) throws -> Response {
        let caller = try request.caller(.admin)

        let places = try database.rows(
            """
            SELECT
                l.rank, p.id AS participant_id, p.username, p.display_name, p.team_name, p.school,
                p.cash_balance, p.portfolio_value,
                coalesce(
                    round((p.portfolio_value / nullif(p.starting_balance, 0) - 1) * 100, 2), 0)
                    AS return_percent,
                p.active
            FROM participant_profiles p
            LEFT JOIN leaderboard l ON l.participant_id = p.id
            ORDER BY p.portfolio_value DESC, p.display_name, p.id
            """, as: Place.self, after: caller)
        return try .json(places)
    }
}
