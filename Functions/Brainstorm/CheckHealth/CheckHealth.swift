import Brainstorm
import FunctionCache
import FunctionPostgres
import FunctionRuntime

/// Tells whether the app can do its work: 200 if so, and 503 while its database is away.
///
/// Without Redis it works on, as "degraded": limits count for each process alone, and no session
/// is kept. Anybody may ask, so it names what is away and not why; the log says that.
@main
struct CheckHealth: BrainstormFunction {
    static let route = Route.get("/api/health")

    var database = Database.brainstorm
    var cache = Cache()

    enum State: String, Codable, CaseIterable {
        case up
        case degraded
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
        let checks = Checks(database: try databaseState(), redis: redisState())
        let status: State =
            switch (checks.database, checks.redis) {
            case (.up, .down): .degraded
            case (let database, _): database
            }
        return try .json(
            Output(status: status, checks: checks), status: status == .down ? 503 : 200)
    }

    private func redisState() -> State {
        guard cache.isConfigured else { return .notConfigured }
        do {
            return try cache.ping() ? .up : .down
        } catch {
            Log.error("Redis cannot be used.", ["error": "\(error)"])
            return .down
        }
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
