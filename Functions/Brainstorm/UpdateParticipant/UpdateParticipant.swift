import Brainstorm
import BrainstormLive
import FunctionCache
import FunctionHTTP
import FunctionPasswords
import FunctionPostgres
import FunctionRuntime

/// Changes what is given of a participant, and leaves the rest.
///
/// For admins. A new password and deactivation end his sessions. The starting balance, with which
/// his cash moves, stands once he has transactions. An e-mail address made from the username
/// follows it.
@main
struct UpdateParticipant: BrainstormFunction {
    static let route = Route.put("/api/admin/participants/{id}")

    var database = Database.brainstorm
    var cache = Cache()
    var publisher = Publisher()

    struct Input: Decodable {
        var displayName: Text<1, 100>?
        var teamName: Text<0, 100>?
        var school: Text<0, 200>?
        var username: Username?
        var password: Text<8, 128>?
        var startingBalance: Amount<0, 12>?
        var days: Whole<0, 1000>?
        var brokers: Whole<0, 1000>?
        var active: Bool?
    }

    typealias Output = Participant

    func handle(_ request: Request) throws -> Response {
        let caller = try request.caller(.admin)
        let id = try request.path("id", as: Participant.ID.self)
        let input = try request.json(as: Input.self)

        let passwordHash = try input.password.map { try Password.hash($0.value) }
        let participant = try database.row(
            """
            SELECT \(Participant.columns)
            FROM update_participant(
                \(id), \(input.username?.value), \(passwordHash), \(input.displayName),
                \(input.teamName), \(input.school), \(input.startingBalance), \(input.days),
                \(input.brokers), \(input.active)) AS p
            """, as: Participant.self, after: caller)
        try cache.group(KeptSessions.group).forgetAll()
        guard let participant else { throw Failure.notFound("No participant has the id \(id).") }
        if passwordHash != nil || input.active == false {
            Live.disconnect(participant.userId, publisher)
        }
        return try .json(participant)
    }
}
