import Brainstorm
import FunctionRuntime

@main
struct ShowParticipant: BrainstormFunction {
    static let route = Route.get("/api/admin/participants/{id}")

    func handle(_ request: Request) throws -> Response {
        throw Failure(501, "not-written", "Not written yet.")
    }
}
