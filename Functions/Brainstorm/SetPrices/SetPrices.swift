import Brainstorm
import BrainstormFiles
import BrainstormLive
import FunctionCache
import FunctionHTTP
import FunctionPostgres
import FunctionRuntime

/// Sets the prices of companies, which hold from the same moment on.
///
/// For admins. The list is JSON, CSV, or a form's file; what is wrong in it is reported and stops no
/// other price, and what is good is set in one transaction.
@main
struct SetPrices: BrainstormFunction {
    static let route = Route.post("/api/admin/companies/prices")
    static let bodyLimit: Int? = Upload.bodyLimit

    var database = Database.brainstorm
    var cache = Cache()
    var publisher = Publisher()

    /// Each of `prices` is `{"ticker", "price"}`.
    struct Input: Decodable {
        var prices: [JSON]
    }

    struct Output: Codable {
        var updated: Int
        var errors: [PriceList.Problem]
    }

    func handle(_ request: Request) throws -> Response {
        let caller = try request.caller(.admin)
        var list = try PriceList(in: request)

        let set = try database.rows(
            """
            WITH given AS (
                SELECT * FROM jsonb_to_recordset(\(try JSON(encoding: list.entries)))
                    AS g (ticker text, price numeric)
            ), locked AS (
                SELECT c.id, g.price FROM companies c JOIN given g USING (ticker)
                ORDER BY c.id FOR UPDATE OF c
            )
            UPDATE companies AS c SET current_price = l.price
            FROM locked l
            WHERE c.id = l.id
            RETURNING c.ticker
            """, as: Updated.self, after: caller)
        Live.relay(database, cache, publisher, at: request.time)
        list.keep(only: Set(set.map(\.ticker)))
        return try .json(Output(updated: set.count, errors: list.problems))
    }

    private struct Updated: Decodable {
        var ticker: String
    }
}
