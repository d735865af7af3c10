import Brainstorm
import FunctionRuntime

@main
struct ListNews: BrainstormFunction {
    static let route = Route.get("/api/news")

    func handle(_ request: Request) throws -> Response {
        throw Failure(501, "not-written", "Not written yet.")
    }
}
