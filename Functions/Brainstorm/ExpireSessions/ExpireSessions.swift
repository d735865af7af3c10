import Brainstorm
import FunctionPostgres
import FunctionRuntime

/// Deletes what has expired: sessions, tokens of password resets, and counts of failed sign-ins.
///
/// None of it was valid any more; without this it would only pile up.
@main
struct ExpireSessions: ScheduledFunction {
    static let schedule = Schedule("0 * * * *")

    var database = Database.brainstorm

    private struct Deleted: Decodable {
        var sessions, resets, attempts: Int
    }

    func handle(_ event: ScheduledEvent) throws {
        let deleted = try database.only(
            "SELECT sessions, resets, attempts FROM expire_sessions(\(event.time))",
            as: Deleted.self)
        Log.info(
            "What has expired is deleted.",
            [
                "sessions": "\(deleted.sessions)", "resets": "\(deleted.resets)",
                "attempts": "\(deleted.attempts)",
            ])
    }
}
