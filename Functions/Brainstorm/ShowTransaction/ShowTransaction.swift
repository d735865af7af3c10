import Brainstorm
import FunctionRuntime

@main
struct ShowTransaction: BrainstormFunction {
    static let route = Route.get("/api/transactions/{id}")

    func handle(_ request: Request) throws -> Response {
        throw Failure(501, "not-written", "Not written yet.")
    }
}
