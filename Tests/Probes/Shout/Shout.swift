import FunctionRuntime
import Glibc

/// Prints before it answers, and logs.
@main
struct Shout: Function {
    static let route = Route.get("/shout/{words}")

    func handle(_ request: Request) throws -> Response {
        let words = try request.path("words", as: String.self)
        print(words)
        Log.info(words)
        return .text(words)
    }
}
