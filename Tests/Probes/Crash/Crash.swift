import FunctionRuntime
import Glibc

/// Ends its own process in the middle of a request.
@main
struct Crash: Function {
    static let route = Route.get("/crash/{how}")

    func handle(_ request: Request) throws -> Response {
        switch try request.path("how", as: String.self) {
        case "segfault": UnsafeMutablePointer<Int>(bitPattern: 8)?.pointee = 1
        case "abort": abort()
        case "kill": kill(getpid(), SIGKILL)
        case let how:
            let numbers = Array(how.utf8.prefix(0))
            return .text("\(numbers[how.utf8.count])")
        }
        return .noContent
    }
}
