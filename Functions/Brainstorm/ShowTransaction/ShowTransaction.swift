import Brainstorm
import FunctionPostgres
import FunctionRuntime

/// Shows one of the caller's transactions; another's is not found.
///
/// For participants.
@main
struct ShowTransaction: BrainstormFunction {
    static let route = Route.get("/api/transactions/{id}")

    var database = Database.brainstorm

    typealias Output = Trade

    func handle(_ request: Request) throws -> Response {
        let caller = try request.caller(.participant)
        let id = try request.path("id", as: Trade.ID.self)

        let trade = try database.row(
            """
            SELECT \(Trade.columns)
            FROM trades t
            WHERE t.id = \(id) AND t.participant_id = app.participant_id()
            """, as: Trade.self, after: caller)
        guard let trade else { throw Failure.notFound("No transaction of yours has the id \(id).") }
        return try .json(trade)
    }
}
