import Brainstorm
import FunctionPostgres
import FunctionRuntime

/// Lists the caller's transactions, newest first, a page at a time.
///
/// For participants.
@main
struct ListTransactions: BrainstormFunction {
    static let route = Route.get("/api/transactions")

    var database = Database.brainstorm

    struct Filter: Decodable, PageFilter {
        var page: Whole<1, 1_000_000>?
        var limit: Whole<1, 100>?
        var type: Trade.Kind?
        var companyId: Company.ID?
    }

    typealias Output = Page<Trade>

    func handle(_ request: Request) throws -> Response {
        let caller = try request.caller(.participant)
        let filter = try request.query(as: Filter.self)

        let page = try database.page(
            of: """
                SELECT \(Trade.columns), t.number
                FROM trades t
                WHERE t.participant_id = app.participant_id()
                    AND t.type = coalesce(\(filter.type), t.type)
                    AND t.company_id = coalesce(\(filter.companyId), t.company_id)
                """,
            order: "created_at DESC, number DESC", filter: filter, as: Trade.self, after: caller)
        return try .json(page)
    }
}
