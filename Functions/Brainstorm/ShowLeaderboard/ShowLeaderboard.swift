import Brainstorm
import FunctionRuntime

@main
struct ShowLeaderboard: BrainstormFunction {
    static let route = Route.get("/api/leaderboard")

    func handle(_ request: Request) throws -> Response {
        throw Failure(501, "not-written", "Not written yet.")
    }
}
