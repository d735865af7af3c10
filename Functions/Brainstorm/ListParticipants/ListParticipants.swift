import Brainstorm
import FunctionPostgres
import FunctionRuntime

/// Lists all participants, those deactivated included, a page at a time.
///
/// For admins. `q` is looked for in display name, username, team and school.
@main
struct ListParticipants: BrainstormFunction {
    static let route = Route.get("/api/admin/participants")

    var database = Database.brainstorm

    struct Filter: Decodable, PageFilter {
        var page: Whole<1, 1_000_000>?
        var limit: Whole<1, 100>?
        var q: Text<1, 100>?
        var sort: Sort?
    }

    enum Sort: String, Decodable, CaseIterable {
        case name = "displayName"
        case username
        case team = "teamName"
        case richest = "-portfolioValue"
        case newest = "-createdAt"

        var order: SQL {
            switch self {
            case .name: "display_name, id"
            case .username: "username, id"
            case .team: "team_name, display_name, id"
            case .richest: "portfolio_value DESC, id"
            case .newest: "created_at DESC, id"
            }
        }
    }

    typealias Output = Page<Participant>

    func handle(_ request: Request) throws -> Response {
        let caller = try request.caller(.admin)
        let filter = try request.query(as: Filter.self)

        let text: SQL = "concat_ws(' ', p.display_name, p.username, p.team_name, p.school)"
        let page = try database.page(
            of: """
                SELECT \(Participant.columns)
                FROM participant_profiles p
                WHERE \(SQL.contains(filter.q?.value, in: text))
                """,
            order: (filter.sort ?? .name).order, filter: filter, as: Participant.self,
            after: caller)
        return try .json(page)
    }
}
