import Brainstorm
import FunctionRuntime

@main
struct ListCompanies: BrainstormFunction {
    static let route = Route.get("/api/companies")

    func handle(_ request: Request) throws -> Response {
        throw Failure(501, "not-written", "Not written yet.")
    }
}
