import Brainstorm
import FunctionRuntime

@main
struct UpdateParticipant: BrainstormFunction {
    static let route = Route.put("/api/admin/participants/{id}")

    func handle(_ request: Request) throws -> Response {
        throw Failure(501, "not-written", "Not written yet.")
    }
}
