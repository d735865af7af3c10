import Brainstorm
import BrainstormLive
import FunctionCache
import FunctionHTTP
import FunctionPostgres
import FunctionRuntime

/// Deactivates a participant: his sessions end, and he cannot sign in nor trade, and has no rank.
///
/// For admins. One who is deactivated already stays so. UpdateParticipant makes him active again.
@main
struct DeactivateParticipant: BrainstormFunction {
    static let route = Route.post("/api/admin/participants/{id}/deactivate")

    var database = Database.brainstorm
    var cache = Cache()
    var publisher = Publisher()

    typealias Output = Participant

    func handle(_ request: Request) throws -> Response {
        let caller = try request.caller(.admin)
        let id = try request.path("id", as: Participant.ID.self)

        let participant = try database.row(
            """
            SELECT \(Participant.columns)
            FROM update_participant(
                \(id), NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, new_active => false) AS p
            """, as: Participant.self, after: caller)
        try cache.group(KeptSessions.group).forgetAll()
        guard let participant else { throw Failure.notFound("No participant has the id \(id).") }
        Live.disconnect(participant.userId, publisher)
        return try .json(participant)
    }
}
