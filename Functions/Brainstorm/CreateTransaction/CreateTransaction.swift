import Brainstorm
import FunctionRuntime

@main
struct CreateTransaction: BrainstormFunction {
    static let route = Route.post("/api/admin/transactions")

    func handle(_ request: Request) throws -> Response {
        throw Failure(501, "not-written", "Not written yet.")
    }
}
