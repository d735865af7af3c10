import Brainstorm
import FunctionPostgres
import FunctionRuntime

/// Changes what is given of the caller's preferences, and leaves the rest.
///
/// For everybody who is signed in and takes part in the game.
@main
struct UpdatePreferences: BrainstormFunction {
    static let route = Route.put("/api/user/preferences")

    var database = Database.brainstorm

    struct Input: Decodable {
        var notificationsEnabled: Bool?
        var riskTolerance: Preferences.Risk?
        var autoInvest: Bool?
    }

    typealias Output = Preferences

    func handle(_ request: Request) throws -> Response {
        let caller = try request.caller(nil)
        let input = try request.json(as: Input.self)

        let preferences = try database.row(
            """
            SELECT \(Preferences.columns)
            FROM update_preferences(
                \(input.notificationsEnabled), \(input.riskTolerance), \(input.autoInvest))
            """, as: Preferences.self, after: caller)
        guard let preferences else { throw Failure.noProfile }
        return try .json(preferences)
    }
}
