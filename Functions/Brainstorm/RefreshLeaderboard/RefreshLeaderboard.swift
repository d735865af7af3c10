import Brainstorm
import BrainstormLive
import FunctionCache
import FunctionHTTP
import FunctionPostgres
import FunctionRuntime

/// Tells of the best ten while the market is open, if they are not as they were last told.
@main
struct RefreshLeaderboard: ScheduledFunction {
    static let schedule = Schedule("* * * * *")

    var database = Database.brainstorm
    var cache = Cache()
    var publisher = Publisher()

    func handle(_ event: ScheduledEvent) throws {
        guard try database.value("SELECT refresh_leaderboard(\(event.time))", as: Bool.self) else {
            return
        }
        Live.relay(database, cache, publisher, at: event.time)
    }
}
