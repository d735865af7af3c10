import Brainstorm
import FunctionPostgres
import FunctionRuntime

/// Notes once a day what everybody was worth when the day ended, where no bell has done so.
///
/// Days are those of the market's time zone. It looks every hour, so that they may end at any.
@main
struct SnapshotPortfolios: ScheduledFunction {
    static let schedule = Schedule("0 * * * *")

    var database = Database.brainstorm

    func handle(_ event: ScheduledEvent) throws {
        let count = try database.value("SELECT snapshot_portfolios(\(event.time))", as: Int.self)
        guard count > 0 else { return }
        Log.info("It is noted what everybody was worth yesterday.", ["participants": "\(count)"])
    }
}
