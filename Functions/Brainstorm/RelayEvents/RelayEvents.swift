import Brainstorm
import BrainstormLive
import FunctionCache
import FunctionHTTP
import FunctionPostgres
import FunctionRuntime

/// Shows the events that whoever made them could not show.
///
/// Redis, the proxy or the process itself was away then. Mostly there is nothing to do.
@main
struct RelayEvents: ScheduledFunction {
    static let schedule = Schedule("* * * * *")

    var database = Database.brainstorm
    var cache = Cache()
    var publisher = Publisher()

    func handle(_ event: ScheduledEvent) throws {
        try Live.relayAll(database, cache, publisher, at: event.time)
    }
}
