import Brainstorm
import FunctionPasswords
import FunctionPostgres
import FunctionRuntime

/// Makes a participant, who signs in with his username and the password given here.
///
/// For admins. The change is audited. He starts with a million where nothing else is said.
@main
struct CreateParticipant: BrainstormFunction {
    static let route = Route.post("/api/admin/participants")

    var database = Database.brainstorm

    struct Input: Decodable {
        var displayName: Text<1, 100>
        var teamName: Text<0, 100>?
        var school: Text<0, 200>?
        var username: Username
        var password: Text<8, 128>
        var startingBalance: Amount<0, 12>?
        var days: Whole<0, 1000>?
        var brokers: Whole<0, 1000>?
    }

    typealias Output = Participant

    func handle(_ request: Request) throws -> Response {
        let caller = try request.caller(.admin)
        let input = try request.json(as: Input.self)

        let passwordHash = try Password.hash(input.password.value)
        let participant = try database.only(
            """
            SELECT \(Participant.columns)
            FROM create_participant(
                \(input.username.value), \(passwordHash), \(input.displayName),
                \(input.teamName), \(input.school), \(input.startingBalance), \(input.days),
                \(input.brokers)) AS p
            """, as: Participant.self, after: caller)
        return try .json(participant, status: 201)
    }
}
