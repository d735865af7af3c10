import Brainstorm
import FunctionRuntime

@main
struct CreateParticipant: BrainstormFunction {
    static let route = Route.post("/api/admin/participants")

    func handle(_ request: Request) throws -> Response {
        throw Failure(501, "not-written", "Not written yet.")
    }
}
