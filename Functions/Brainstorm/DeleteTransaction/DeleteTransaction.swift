import Brainstorm
import FunctionRuntime

@main
struct DeleteTransaction: BrainstormFunction {
    static let route = Route.delete("/api/admin/transactions/{id}")

    func handle(_ request: Request) throws -> Response {
        throw Failure(501, "not-written", "Not written yet.")
    }
}
