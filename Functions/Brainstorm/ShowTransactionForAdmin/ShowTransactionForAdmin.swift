import Brainstorm
import FunctionPostgres
import FunctionRuntime

/// Shows a transaction of any participant.
///
/// For admins.
@main
struct ShowTransactionForAdmin: BrainstormFunction {
    static let route = Route.get("/api/admin/transactions/{id}")

    var database = Database.brainstorm

    typealias Output = TradeForAdmin

    func handle(_ request: Request) throws -> Response {
        let caller = try request.caller(.admin)
        let id = try request.path("id", as: Trade.ID.self)

        let trade = try database.row(
            "SELECT \(TradeForAdmin.columns) FROM trades t WHERE t.id = \(id)",
            as: TradeForAdmin.self, after: caller)
        guard let trade else { throw Failure.notFound("No transaction has the id \(id).") }
        return try .json(trade)
    }
}
