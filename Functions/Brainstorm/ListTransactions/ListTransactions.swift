import Brainstorm
import FunctionRuntime

@main
struct ListTransactions: BrainstormFunction {
    static let route = Route.get("/api/transactions")

    func handle(_ request: Request) throws -> Response {
        throw Failure(501, "not-written", "Not written yet.")
    }
}
