import Brainstorm
import FunctionPostgres
import FunctionRuntime

/// Adds a transaction by hand, and moves the participant's cash and shares as it says.
///
/// For admins, whether or not the market is open. Without a price it is the company's present one;
/// there is no fee. The change is audited.
@main
struct CreateTransaction: BrainstormFunction {
    static let route = Route.post("/api/admin/transactions")

    var database = Database.brainstorm

    struct Input: Decodable {
        var participantId: Participant.ID
        var companyId: Company.ID
        var type: Trade.Kind
        var quantity: Whole<1, 1_000_000_000>
        var price: Amount<1, 9>?
    }

    typealias Output = TradeForAdmin

    func handle(_ request: Request) throws -> Response {
        let caller = try request.caller(.admin)
        let input = try request.json(as: Input.self)

        let trade = try database.only(
            """
            SELECT \(TradeForAdmin.columns)
            FROM add_transaction(
                \(input.participantId), \(input.companyId), \(input.type), \(input.quantity),
                \(input.price)) AS t
            """, as: TradeForAdmin.self, after: caller)
        return try .json(trade, status: 201)
    }
}
