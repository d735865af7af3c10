import FunctionRuntime

/// Says each time that it was given.
@main
struct Tick: ScheduledFunction {
    static let schedule = Schedule("*/5 * * * *")

    func handle(_ event: ScheduledEvent) throws {
        print("Tick at \(event.time) by \(event.schedule.cron)")
    }
}
