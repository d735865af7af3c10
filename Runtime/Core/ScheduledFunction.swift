/// A function that runs by the clock.
///
/// ```swift
/// import FunctionRuntime
///
/// /// Deletes sessions that have expired.
/// @main
/// struct ExpireSessions: ScheduledFunction {
///     static let schedule = Schedule("0 * * * *")
///
///     func handle(_ event: ScheduledEvent) throws { … }
/// }
/// ```
///
/// The host runs it at each time that its schedule names, once a minute at most, and skips a time
/// at which it still runs. A run that fails is not repeated.
public protocol ScheduledFunction: Invocable {
    /// When it runs.
    static var schedule: Schedule { get }

    /// Does its work.
    ///
    /// - Throws: whatever went wrong; the host logs it.
    func handle(_ event: ScheduledEvent) throws
}

/// A cron expression: minute, hour, day of the month, month, day of the week, in UTC.
///
/// It is as Cloudflare's cron triggers have it: weekdays are 1 to 7 and 1 is Sunday, or names; `L`,
/// `W` and `LW` are days of the month, `friL` and `fri#3` days of the week. The host reads it, and
/// says at its start what is wrong with one.
public struct Schedule: Sendable, Equatable, ExpressibleByStringLiteral {
    public let cron: String

    public init(_ cron: String) {
        self.cron = cron
    }

    public init(stringLiteral cron: String) {
        self.cron = cron
    }
}

/// One time at which a function is to run.
public struct ScheduledEvent: Sendable {
    /// The expression that names the time.
    public var schedule: Schedule
    /// The time that was named; the run may start a little later.
    public var time: Timestamp
    /// Unique; the host's log names it.
    public var id: String
    /// When the host gives up waiting; nil where it does not tell.
    public var deadline: Timestamp?
}

extension ScheduledFunction {
    public static var trigger: Trigger { .schedule(schedule) }

    public func run(_ invocation: Invocation) -> Outcome {
        guard case .schedule(let event) = invocation else {
            return refuse(invocation, wants: "the schedule \(Self.schedule.cron)")
        }
        return outcome(of: event.id) {
            try handle(event)
            return Outcome(response: .noContent)
        }
    }
}
