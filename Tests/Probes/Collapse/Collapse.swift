import FunctionRuntime
import Glibc

/// Ends its own process each time.
@main
struct Collapse: ScheduledFunction {
    static let schedule = Schedule("30 3 * * FRI-SUN")

    func handle(_ event: ScheduledEvent) throws {
        abort()
    }
}
