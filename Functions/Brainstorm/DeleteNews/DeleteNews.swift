import Brainstorm
import FunctionRuntime

@main
struct DeleteNews: BrainstormFunction {
    static let route = Route.delete("/api/admin/news/{id}")

    func handle(_ request: Request) throws -> Response {
        throw Failure(501, "not-written", "Not written yet.")
    }
}
