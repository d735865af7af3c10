import Brainstorm
import FunctionPasswords
import FunctionRuntime

/// A participant to be made, as `import_participants` takes it.
struct NewAccount: Encodable {
    var username, passwordHash, displayName: String
    var teamName, school: String?
    var days, brokers: Int?

    /// He is shown by the name of his team, or else by his username.
    init(_ candidate: Roster.Candidate) throws {
        let row = candidate.row
        username = row.username.value
        passwordHash = try Password.hash(row.password.value)
        displayName = row.teamName?.value ?? row.username.value
        teamName = row.teamName?.value
        school = row.school?.value
        days = row.days?.value
        brokers = row.brokers?.value
    }
}
