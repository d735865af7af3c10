import Brainstorm
import FunctionCache
import FunctionPostgres
import FunctionRuntime

/// Deletes a participant with his account; one who has transactions is refused with 409.
///
/// For admins.
@main
struct DeleteParticipant: BrainstormFunction {
    static let route = Route.delete("/api/admin/participants/{id}")

    var database = Database.brainstorm
    var cache = Cache()

    typealias Output = Deletion

    func handle(_ request: Request) throws -> Response {
        let caller = try request.caller(.admin)
        let id = try request.path("id", as: Participant.ID.self)

        let name = try database.value(
            "SELECT delete_participant(\(id))", as: String?.self, after: caller)
        try cache.group(KeptSessions.group).forgetAll()
        guard let name else { throw Failure.notFound("No participant has the id \(id).") }
        return try .json(Deletion(message: "The participant \(name) is deleted."))
    }
}
