import Brainstorm
import FunctionRuntime

@main
struct CheckHealth: BrainstormFunction {
    static let route = Route.get("/api/health")

    func handle(_ request: Request) throws -> Response {
        throw Failure(501, "not-written", "Not written yet.")
    }
}
