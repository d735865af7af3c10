import Brainstorm
import BrainstormLive
import FunctionCache
import FunctionHTTP
import FunctionPostgres
import FunctionRuntime

/// Sets the price of a company, which holds from now on.
///
/// For admins. The price before becomes `previousPrice`, and the history and an event tell of the new
/// one; where it is the same nothing is told.
@main
struct SetPrice: BrainstormFunction {
    static let route = Route.post("/api/admin/companies/{id}/price")

    var database = Database.brainstorm
    var cache = Cache()
    var publisher = Publisher()

    struct Input: Decodable {
        var price: Amount<1, 9>
    }

    typealias Output = Company

    func handle(_ request: Request) throws -> Response {
        let caller = try request.caller(.admin)
        let id = try request.path("id", as: Company.ID.self)
        let input = try request.json(as: Input.self)

        let company = try database.row(
            """
            UPDATE companies AS c SET current_price = \(input.price)
            WHERE c.id = \(id)
            RETURNING \(Company.columns)
            """, as: Company.self, after: caller)
        guard let company else { throw Failure.notFound("No company has the id \(id).") }
        Live.relay(database, cache, publisher, at: request.time)
        return try .json(company)
    }
}
