import Brainstorm
import FunctionRuntime

@main
struct ShowMarket: BrainstormFunction {
    static let route = Route.get("/api/market")

    func handle(_ request: Request) throws -> Response {
        throw Failure(501, "not-written", "Not written yet.")
    }
}
