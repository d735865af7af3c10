import Brainstorm
import FunctionRuntime

@main
struct ListNewsForAdmin: BrainstormFunction {
    static let route = Route.get("/api/admin/news")

    func handle(_ request: Request) throws -> Response {
        throw Failure(501, "not-written", "Not written yet.")
    }
}
