import Brainstorm
import BrainstormLive
import FunctionCache
import FunctionHTTP
import FunctionPostgres
import FunctionRuntime

/// Tells of the news whose time has come.
///
/// They can be read from that moment on in any case; this shows it to those who watch.
@main
struct PublishNews: ScheduledFunction {
    static let schedule = Schedule("* * * * *")

    var database = Database.brainstorm
    var cache = Cache()
    var publisher = Publisher()

    func handle(_ event: ScheduledEvent) throws {
        let count = try database.value("SELECT announce_due_news(\(event.time))", as: Int.self)
        guard count > 0 else { return }
        Live.relay(database, cache, publisher, at: event.time)
        Log.info("News are published.", ["news": "\(count)"])
    }
}
