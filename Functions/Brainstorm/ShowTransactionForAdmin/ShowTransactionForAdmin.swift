import Brainstorm
import FunctionRuntime

@main
struct ShowTransactionForAdmin: BrainstormFunction {
    static let route = Route.get("/api/admin/transactions/{id}")

    func handle(_ request: Request) throws -> Response {
        throw Failure(501, "not-written", "Not written yet.")
    }
}
