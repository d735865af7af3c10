import Brainstorm
import FunctionRuntime

@main
struct ListPortfolioValues: BrainstormFunction {
    static let route = Route.get("/api/portfolio/history")

    func handle(_ request: Request) throws -> Response {
        throw Failure(501, "not-written", "Not written yet.")
    }
}
