import Brainstorm
import BrainstormLive
import FunctionCache
import FunctionHTTP
import FunctionPostgres
import FunctionRuntime

/// Closes the day of the market whose end has come, as the bell would.
///
/// A day has an end where who opened it has given one.
@main
struct CloseMarket: ScheduledFunction {
    static let schedule = Schedule("* * * * *")

    var database = Database.brainstorm
    var cache = Cache()
    var publisher = Publisher()

    func handle(_ event: ScheduledEvent) throws {
        guard try database.value("SELECT close_due_day(\(event.time))", as: Bool.self) else {
            return
        }
        Live.relay(database, cache, publisher, at: event.time)
        Log.info("The market is closed, as its time has come.")
    }
}
