import FunctionRuntime
import Glibc

/// Answers after a while, with the number of its process.
@main
struct Sleep: Function {
    static let route = Route.get("/sleep/{milliseconds}")

    func handle(_ request: Request) throws -> Response {
        usleep(useconds_t(try request.path("milliseconds", as: UInt32.self)) * 1000)
        return .text("\(getpid())")
    }
}
