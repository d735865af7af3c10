import Brainstorm
import FunctionPostgres
import FunctionRuntime

/// Shows whether the market is open, and its present day; while it is closed, its last one.
///
/// For participants.
@main
struct ShowMarket: BrainstormFunction {
    static let route = Route.get("/api/market")

    var database = Database.brainstorm

    enum Status: String, Codable, CaseIterable {
        case open
        case closed
    }

    struct Output: Codable {
        var status: Status
        var day: Int?
        var startedAt: Timestamp?
        /// When it was closed, or while it is open when it is to be.
        var endsAt: Timestamp?
        var serverTime: Timestamp
    }

    func handle(_ request: Request) throws -> Response {
        let caller = try request.caller(.participant)

        let market = try database.only(
            """
            SELECT
                CASE WHEN d.closed_at IS NULL AND d.day IS NOT NULL AND m.trading_enabled
                    THEN 'open' ELSE 'closed' END AS status,
                d.day, d.opened_at AS started_at, coalesce(d.closed_at, d.ends_at) AS ends_at,
                \(request.time)::timestamptz AS server_time
            FROM market m
            LEFT JOIN market_days d ON true
            ORDER BY d.closed_at IS NULL DESC, d.day DESC
            LIMIT 1
            """, as: Output.self, after: caller)
        return try .json(market)
    }
}
