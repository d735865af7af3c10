import Brainstorm
import FunctionRuntime

@main
struct ShowSession: BrainstormFunction {
    static let route = Route.get("/api/auth/get-session")

    func handle(_ request: Request) throws -> Response {
        throw Failure(501, "not-written", "Not written yet.")
    }
}
