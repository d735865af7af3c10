import Brainstorm
import FunctionPostgres
import FunctionRuntime

/// Lists the transactions of all participants, a page at a time.
///
/// For admins. `q` is looked for in the participant's name and the ticker; `from` and `to` are
/// moments, and those on them count.
@main
struct ListTransactionsForAdmin: BrainstormFunction {
    static let route = Route.get("/api/admin/transactions")

    var database = Database.brainstorm

    struct Filter: Decodable, PageFilter {
        var page: Whole<1, 1_000_000>?
        var limit: Whole<1, 100>?
        var q: Text<1, 100>?
        var sort: Sort?
        var participantId: Participant.ID?
        var companyId: Company.ID?
        var type: Trade.Kind?
        var from: Timestamp?
        var to: Timestamp?
    }

    enum Sort: String, Decodable, CaseIterable {
        case newest = "-createdAt"
        case oldest = "createdAt"

        var order: SQL {
            switch self {
            case .newest: "created_at DESC, number DESC"
            case .oldest: "created_at, number"
            }
        }
    }

    typealias Output = Page<TradeForAdmin>

    func handle(_ request: Request) throws -> Response {
        let caller = try request.caller(.admin)
        let filter = try request.query(as: Filter.self)

        let page = try database.page(
            of: """
                SELECT \(TradeForAdmin.columns), t.number
                FROM trades t
                WHERE t.participant_id = coalesce(\(filter.participantId), t.participant_id)
                    AND t.company_id = coalesce(\(filter.companyId), t.company_id)
                    AND t.type = coalesce(\(filter.type), t.type)
                    AND t.created_at >= coalesce(\(filter.from), t.created_at)
                    AND t.created_at <= coalesce(\(filter.to), t.created_at)
                    AND \(SQL.contains(filter.q?.value, in: "concat(t.display_name, ' ', t.ticker)"))
                """,
            order: (filter.sort ?? .newest).order, filter: filter, as: TradeForAdmin.self,
            after: caller)
        return try .json(page)
    }
}
