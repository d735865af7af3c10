import Brainstorm
import FunctionRuntime

@main
struct ShowCompany: BrainstormFunction {
    static let route = Route.get("/api/companies/{id}")

    func handle(_ request: Request) throws -> Response {
        throw Failure(501, "not-written", "Not written yet.")
    }
}
