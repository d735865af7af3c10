import Brainstorm
import FunctionRuntime

@main
struct ShowNewsForAdmin: BrainstormFunction {
    static let route = Route.get("/api/admin/news/{id}")

    func handle(_ request: Request) throws -> Response {
        throw Failure(501, "not-written", "Not written yet.")
    }
}
