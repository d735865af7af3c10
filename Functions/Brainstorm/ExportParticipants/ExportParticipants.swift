import Brainstorm
import BrainstormFiles
import FunctionPostgres
import FunctionRuntime
import FunctionTables

/// Hands out all participants as a file, those deactivated included.
///
/// For admins. It has the columns that ImportParticipants takes, the password's empty, and others, which
/// that passes over. No text in it is a formula to a spreadsheet.
@main
struct ExportParticipants: BrainstormFunction {
    static let route = Route.get("/api/admin/participants/export")

    var database = Database.brainstorm

    struct Filter: Decodable {
        var format: FileForm?
    }

    /// As many as are made a file in a moment.
    private static let limit = 50_000

    func handle(_ request: Request) throws -> Response {
        let caller = try request.caller(.admin)
        let filter = try request.query(as: Filter.self)

        let participants = try database.rows(
            """
            SELECT \(Participant.columns)
            FROM participant_profiles p
            ORDER BY p.username, p.id
            LIMIT \(Self.limit + 1)
            """, as: Participant.self, after: caller)
        guard participants.count <= Self.limit else {
            throw Failure.conflict(
                "There are more than \(Self.limit) participants, too many for one file.")
        }
        let day = request.time.description.prefix(10)
        return try Sheet(
            "Participants", header: Participant.header, rows: participants.map(\.cells)
        ).download("participants-\(day)", as: filter.format)
    }
}

extension Participant {
    fileprivate static let header = [
        "teamName", "school", "username", "password", "days", "brokers", "id", "email",
        "displayName", "startingBalance", "cashBalance", "portfolioValue", "active",
    ]

    fileprivate var cells: [Sheet.Cell] {
        [
            .text(teamName ?? ""), .text(school ?? ""), .text(username ?? ""), .blank,
            .number("\(days)"), .number("\(brokers)"), .text("\(id)"), .text(email),
            .text(displayName ?? ""), .number("\(startingBalance)"), .number("\(cashBalance)"),
            .number("\(portfolioValue)"), .flag(active),
        ]
    }
}
