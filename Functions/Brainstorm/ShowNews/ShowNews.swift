import Brainstorm
import FunctionRuntime

@main
struct ShowNews: BrainstormFunction {
    static let route = Route.get("/api/news/{id}")

    func handle(_ request: Request) throws -> Response {
        throw Failure(501, "not-written", "Not written yet.")
    }
}
