import Brainstorm
import FunctionRuntime

@main
struct PurchaseNews: BrainstormFunction {
    static let route = Route.post("/api/news/{id}/purchase")

    func handle(_ request: Request) throws -> Response {
        throw Failure(501, "not-written", "Not written yet.")
    }
}
