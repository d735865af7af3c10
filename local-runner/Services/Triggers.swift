import FunctionRuntime
import Logging
import NIOCore
import Synchronization

/// Runs functions that no client asks for: those of cron and of queues.
///
/// They have pools as all functions have, and get their event as one value of stdin-JSON.
final class Triggers: Sendable {
    /// What came of it.
    struct Outcome: Sendable {
        /// Below 400 where it went well.
        var status: Int
        /// The ids of the messages that it wants to have again.
        var failed: [String] = []
        /// What the function or the runner has to say of a failure.
        var problem = ""
        /// False where the runner could not even begin.
        var wasRun = true

        var isSuccess: Bool { status < 400 }

        static func notRun(_ problem: String) -> Outcome {
            Outcome(status: 503, problem: problem, wasRun: false)
        }
    }

    private let attached = Mutex<Server?>(nil)

    /// Who has the functions; nil until it serves.
    var server: Server? { attached.withLock { $0 } }

    /// Names who has the functions; until then nothing can be run.
    func attach(_ server: Server) {
        attached.withLock { $0 = server }
    }

    /// The server has stopped.
    func detach() {
        attached.withLock { $0 = nil }
    }

    /// Says something in the runner's log.
    func log(_ level: Logger.Level, _ message: String) {
        server?.log(level, message)
    }

    /// Says in the log that something is not as it should be.
    func warn(_ message: String) {
        log(.warning, message)
    }

    /// Runs a function once, and waits for it.
    ///
    /// - Parameters:
    ///   - function: such as `Brainstorm/ExpireSessions`.
    ///   - event: the members of the request beside `id`, `time` and `deadline`.
    ///   - time: what the function is told that it is, in epoch milliseconds.
    /// - Returns: how it ended, a crash or a passed deadline included.
    func run(_ function: String, _ event: [JSON.Member], time: Int64) async -> Outcome {
        guard let server else {
            return .notRun("The server does not run yet.")
        }
        return await withCheckedContinuation { continuation in
            server.run(function, event, time: time) { continuation.resume(returning: $0) }
        }
    }
}
