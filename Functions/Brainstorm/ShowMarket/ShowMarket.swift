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
            "SELECT status, day, started_at, ends_at, server_time FROM market_state",
            as: Output.self, after: caller)
        return try .json(market)
    }
}
