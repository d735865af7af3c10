import Brainstorm
import BrainstormLive
import FunctionCache
import FunctionHTTP
import FunctionPasswords
import FunctionPostgres
import FunctionRuntime

/// Gives a participant another password, and tells it, once: it is not to be read anywhere afterwards.
///
/// For admins. Where none is given, one is made up. His sessions end, and his failed sign-ins are
/// forgiven. It is audited, without the password.
@main
struct ResetParticipantPassword: BrainstormFunction {
    static let route = Route.post("/api/admin/participants/{id}/reset-password")

    var database = Database.brainstorm
    var cache = Cache()
    var publisher = Publisher()

    struct Input: Decodable {
        var password: Text<8, 128>?
    }

    struct Output: Codable {
        var password: String
    }

    func handle(_ request: Request) throws -> Response {
        let caller = try request.caller(.admin)
        let id = try request.path("id", as: Participant.ID.self)
        let input = request.body.isEmpty ? nil : try request.json(as: Input.self)

        let password = try input?.password?.value ?? ReadablePassword.make()
        let user = try database.value(
            "SELECT reset_participant_password(\(id), \(try Password.hash(password)))",
            as: Account.ID?.self, after: caller)
        guard let user else { throw Failure.notFound("No participant has the id \(id).") }
        try cache.group(KeptSessions.group).forgetAll()
        Live.disconnect(user, publisher)
        return try .json(Output(password: password))
            .adding("cache-control", "no-store")
    }
}
