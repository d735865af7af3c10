import Brainstorm
import FunctionRuntime

@main
struct CreateNews: BrainstormFunction {
    static let route = Route.post("/api/admin/news")

    func handle(_ request: Request) throws -> Response {
        throw Failure(501, "not-written", "Not written yet.")
    }
}
