import Brainstorm
import FunctionPostgres
import FunctionRuntime

/// Shows a participant with his account.
///
/// For admins.
@main
struct ShowParticipant: BrainstormFunction {
    static let route = Route.get("/api/admin/participants/{id}")

    var database = Database.brainstorm

    typealias Output = Participant

    func handle(_ request: Request) throws -> Response {
        let caller = try request.caller(.admin)
        let id = try request.path("id", as: Participant.ID.self)

        let participant = try database.row(
            "SELECT \(Participant.columns) FROM participant_profiles p WHERE p.id = \(id)",
            as: Participant.self, after: caller)
        guard let participant else { throw Failure.notFound("No participant has the id \(id).") }
        return try .json(participant)
    }
}
