import FunctionRuntime
import Glibc

/// Exits with a status instead of answering.
@main
struct Exit: Function {
    static let route = Route.get("/exit/{status}")

    func handle(_ request: Request) throws -> Response {
        exit(try request.path("status", as: Int32.self))
    }
}
