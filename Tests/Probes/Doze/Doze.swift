import FunctionRuntime
import Glibc

/// Takes a while, and then fails.
@main
struct Doze: ScheduledFunction {
    static let schedule = Schedule("0 4 L * *")

    func handle(_ event: ScheduledEvent) throws {
        print("Doze at \(event.time)")
        fflush(nil)
        usleep(700_000)
        throw Failure.conflict("It dozed at \(event.time).")
    }
}
