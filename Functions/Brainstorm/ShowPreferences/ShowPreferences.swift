import Brainstorm
import FunctionPostgres
import FunctionRuntime

/// Shows what the caller prefers, with a default for what he has not said.
///
/// For everybody who is signed in and takes part in the game.
@main
struct ShowPreferences: BrainstormFunction {
    static let route = Route.get("/api/user/preferences")

    var database = Database.brainstorm

    typealias Output = Preferences

    func handle(_ request: Request) throws -> Response {
        let caller = try request.caller(nil)

        let preferences = try database.row(
            "SELECT \(Preferences.columns) FROM own_preferences", as: Preferences.self,
            after: caller)
        guard let preferences else { throw Failure.noProfile }
        return try .json(preferences)
    }
}
