import Brainstorm
import FunctionRuntime

@main
struct UpdateTransaction: BrainstormFunction {
    static let route = Route.put("/api/admin/transactions/{id}")

    func handle(_ request: Request) throws -> Response {
        throw Failure(501, "not-written", "Not written yet.")
    }
}
