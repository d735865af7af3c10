import Brainstorm
import FunctionRuntime

@main
struct DeleteParticipant: BrainstormFunction {
    static let route = Route.delete("/api/admin/participants/{id}")

    func handle(_ request: Request) throws -> Response {
        throw Failure(501, "not-written", "Not written yet.")
    }
}
