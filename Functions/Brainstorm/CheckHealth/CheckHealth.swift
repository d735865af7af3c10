import Brainstorm
import FunctionCache
import FunctionPostgres
import FunctionRuntime

/// Tells whether all is there that the app needs: 200 if so, and 503 while PostgreSQL or Redis is away.
///
/// An app to which no Redis is given needs none. Anybody may ask, so it names what is away and not
/// why; the log says that.
@main
struct CheckHealth: BrainstormFunction {
    static let route = Route.get("/api/health")

    var database = Database.brainstorm
    var cache = Cache()

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
        let checks = Checks(database: try databaseState(), redis: redisState())
        let isUp = checks.database == .up && checks.redis != .down
        return try .json(
            Output(status: isUp ? .up : .down, checks: checks), status: isUp ? 200 : 503)
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
