import Brainstorm
import FunctionPostgres
import FunctionRuntime

/// Lists what the caller's cash and shares were worth at each daily close, oldest first.
///
/// For participants. `from` and `to` are days, and both count.
@main
struct ListPortfolioValues: BrainstormFunction {
    static let route = Route.get("/api/portfolio/history")

    var database = Database.brainstorm

    struct Filter: Decodable {
        var from: Day?
        var to: Day?
    }

    struct Close: Codable {
        var day: Day
        var value: Money
    }

    typealias Output = [Close]

    func handle(_ request: Request) throws -> Response {
        let caller = try request.caller(.participant)
        let filter = try request.query(as: Filter.self)

        let closes = try database.rows(
            """
            SELECT s.day, s.value
            FROM portfolio_snapshots s
            WHERE s.participant_id = app.participant_id()
                AND s.day >= coalesce(\(filter.from), s.day)
                AND s.day <= coalesce(\(filter.to), s.day)
            ORDER BY s.day
            """, as: Close.self, after: caller)
        return try .json(closes)
    }
}
