import Brainstorm
import FunctionRuntime

@main
struct ListParticipants: BrainstormFunction {
    static let route = Route.get("/api/admin/participants")

    func handle(_ request: Request) throws -> Response {
        throw Failure(501, "not-written", "Not written yet.")
    }
}
