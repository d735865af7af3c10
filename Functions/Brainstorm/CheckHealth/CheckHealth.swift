import Brainstorm
import FunctionPostgres
import FunctionRuntime

/// Tells whether the app can do its work: 200 if so, and 503 while its database is away.
///
/// Anybody may ask, so it names what is away and not why; the log says that.
@main
struct CheckHealth: BrainstormFunction {
    static let route = Route.get("/api/health")

    var database = Database.brainstorm

    enum State: String, Codable, CaseIterable {
        case up
        case down
        case notConfigured = "not configured"
    }

    struct Output: Codable {
        var status: State
        var checks: Checks
    }

    struct Checks: Codable {
        var database: State
        var redis: State
    }

    func handle(_ request: Request) throws -> Response {
        let state = try databaseState()
        // Nothing of the app uses Redis yet.
        let checks = Checks(database: state, redis: .notConfigured)
        return try .json(
            Output(status: state, checks: checks), status: state == .up ? 200 : 503)
    }

    private func databaseState() throws -> State {
        do {
            try database.run("SELECT")
            return .up
        } catch is Failure {
            return .down
        }
    }
}
