import Brainstorm
import FunctionRuntime

@main
struct ListTransactionsForAdmin: BrainstormFunction {
    static let route = Route.get("/api/admin/transactions")

    func handle(_ request: Request) throws -> Response {
        throw Failure(501, "not-written", "Not written yet.")
    }
}
