import Brainstorm
import FunctionPostgres
import FunctionRuntime

/// Deletes a transaction, and takes back what it did to cash and shares.
///
/// For admins. It is refused with 409 where it would leave somebody with less than no cash, or
/// with more shares sold than held. The change is audited.
@main
struct DeleteTransaction: BrainstormFunction {
    static let route = Route.delete("/api/admin/transactions/{id}")

    var database = Database.brainstorm

    typealias Output = Deletion

    func handle(_ request: Request) throws -> Response {
        let caller = try request.caller(.admin)
        let id = try request.path("id", as: Trade.ID.self)

        let deleted = try database.value(
            "SELECT delete_transaction(\(id))", as: Trade.ID?.self, after: caller)
        guard let deleted else { throw Failure.notFound("No transaction has the id \(id).") }
        return try .json(Deletion(message: "The transaction \(deleted) is deleted."))
    }
}
