import Brainstorm
import FunctionPostgres
import FunctionRuntime

/// Lists what was changed by hand, newest first, some at a time.
///
/// For admins. `nextCursor` leads to what is older; entries that come meanwhile move nothing. No entry
/// holds a password or a token, nor a hash of one.
@main
struct ListAudit: BrainstormFunction {
    static let route = Route.get("/api/admin/audit")

    var database = Database.brainstorm

    struct Filter: Decodable {
        var limit: Whole<1, 100>?
        var cursor: Cursor?
        var action: Text<1, 50>?
        var subjectType: Text<1, 50>?
    }

    struct Entry: Codable {
        var id: Int
        /// Nil where nobody was signed in.
        var actor: Account.ID?
        /// Nil for an account that is there no more.
        var actorName: String?
        var action, subjectType: String
        var subjectId: String?
        var before, after: JSON?
        var at: Timestamp
    }

    struct Output: Codable {
        var data: [Entry]
        var nextCursor: String?
    }

    func handle(_ request: Request) throws -> Response {
        let caller = try request.caller(.admin)
        let filter = try request.query(as: Filter.self)
        let limit = filter.limit?.value ?? 20

        let found = try database.rows(
            """
            SELECT a.id, a.actor, u.name AS actor_name, a.action, a.subject_type, a.subject_id,
                a.before, a.after, a.at
            FROM audit_entries a
            LEFT JOIN users u ON u.id = a.actor
            WHERE a.id < coalesce(\(filter.cursor?.id), a.id + 1)
                AND a.action = coalesce(\(filter.action), a.action)
                AND a.subject_type = coalesce(\(filter.subjectType), a.subject_type)
            ORDER BY a.id DESC
            LIMIT \(limit + 1)
            """, as: Entry.self, after: caller)
        let page = Array(found.prefix(limit))
        let next = found.count > limit ? page.last.map { Cursor(id: $0.id).text } : nil
        return try .json(Output(data: page, nextCursor: next))
    }
}
