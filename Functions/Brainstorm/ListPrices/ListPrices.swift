import Brainstorm
import FunctionRuntime

@main
struct ListPrices: BrainstormFunction {
    static let route = Route.get("/api/companies/{id}/prices")

    func handle(_ request: Request) throws -> Response {
        throw Failure(501, "not-written", "Not written yet.")
    }
}
