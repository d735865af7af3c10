import FunctionRuntime
import Glibc

/// Writes what it is told to where the runtime writes responses.
@main
struct Garbage: Function {
    static let route = Route.post("/garbage")

    func handle(_ request: Request) throws -> Response {
        // The runtime moved the real standard output to the first free descriptor.
        _ = write(3, request.body, request.body.count)
        return .text("This follows what was written.")
    }
}
