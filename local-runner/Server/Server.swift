import Logging

/// The HTTP server in front of the functions.
final class Server: Sendable {
    /// The port that it listens on, once it has started.
    var port: Int { 0 }

    /// - Throws: ``RouteConflict`` where two functions claim one route.
    init(mounts: [Mount], options: ServerOptions, processes: Guard, logger: Logger) throws {
    }

    /// Listens, and answers requests on threads of its own.
    func start() throws {
    }

    /// Serves other functions from now on; requests under way finish on the old ones.
    func replace(mounts: [Mount]) throws {
    }

    /// Stops listening, lets requests under way finish for a bounded time, and ends all workers.
    func stop() {
    }
}
