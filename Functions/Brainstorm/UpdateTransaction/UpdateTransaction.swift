import Brainstorm
import FunctionPostgres
import FunctionRuntime

/// Changes what is given of a transaction, and corrects cash and shares accordingly.
///
/// For admins. It is refused with 409 where it would leave somebody with less than no cash, or
/// with more shares sold than held. The fee stays as it was. The change is audited.
@main
struct UpdateTransaction: BrainstormFunction {
    static let route = Route.put("/api/admin/transactions/{id}")

    var database = Database.brainstorm

    struct Input: Decodable {
        var participantId: Participant.ID?
        var companyId: Company.ID?
        var type: Trade.Kind?
        var quantity: Whole<1, 1_000_000_000>?
        var price: Amount<1, 9>?
    }

    typealias Output = TradeForAdmin

    func handle(_ request: Request) throws -> Response {
        let caller = try request.caller(.admin)
        let id = try request.path("id", as: Trade.ID.self)
        let input = try request.json(as: Input.self)

        let trade = try database.row(
            """
            SELECT \(TradeForAdmin.columns)
            FROM change_transaction(
                \(id), \(input.participantId), \(input.companyId), \(input.type),
                \(input.quantity), \(input.price)) AS t
            """, as: TradeForAdmin.self, after: caller)
        guard let trade else { throw Failure.notFound("No transaction has the id \(id).") }
        return try .json(trade)
    }
}
