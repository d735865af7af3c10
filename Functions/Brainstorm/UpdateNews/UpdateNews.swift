import Brainstorm
import FunctionRuntime

@main
struct UpdateNews: BrainstormFunction {
    static let route = Route.put("/api/admin/news/{id}")

    func handle(_ request: Request) throws -> Response {
        throw Failure(501, "not-written", "Not written yet.")
    }
}
