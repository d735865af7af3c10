import FunctionRuntime
import Glibc

/// Answers after a while, with the number of its process.
@main
struct Sleep: Function {
    static let route = Route.get("/sleep/{milliseconds}")

    func handle(_ request: Request) throws -> Response {
        let milliseconds = try request.path("milliseconds", as: UInt32.self)
        usleep(useconds_t(milliseconds) * 1000)
        print("Slept \(milliseconds) ms.")
        return .text("\(getpid())")
    }
}
