import Brainstorm
import FunctionPostgres
import FunctionRuntime

/// Lists the prices that a company has had, oldest first, each with the moment it began to hold.
///
/// For participants. `from` and `to` are moments, and those on them count.
@main
struct ListPrices: BrainstormFunction {
    static let route = Route.get("/api/companies/{id}/prices")

    var database = Database.brainstorm

    struct Filter: Decodable {
        var from: Timestamp?
        var to: Timestamp?
    }

    struct Price: Codable {
        var price: Money
        var at: Timestamp
    }

    typealias Output = [Price]

    func handle(_ request: Request) throws -> Response {
        let caller = try request.caller(.participant)
        let id = try request.path("id", as: Company.ID.self)
        let filter = try request.query(as: Filter.self)

        // A company without prices is a row with an empty array; no row is no company.
        let prices = try database.value(
            """
            SELECT coalesce(
                jsonb_agg(jsonb_build_object('price', h.price, 'at', h.at) ORDER BY h.at, h.id)
                    FILTER (WHERE h.id IS NOT NULL), '[]')
            FROM companies c
            LEFT JOIN price_history h ON h.company_id = c.id
                AND h.at >= coalesce(\(filter.from), '-infinity'::timestamptz)
                AND h.at <= coalesce(\(filter.to), 'infinity'::timestamptz)
            WHERE c.id = \(id) AND c.active
            GROUP BY c.id
            """, as: [Price]?.self, after: caller)
        guard let prices else { throw Failure.notFound("No company has the id \(id).") }
        return try .json(prices)
    }
}
