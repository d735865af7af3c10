import FunctionRealtime
import FunctionRuntime

/// Answers with the headers that came through the GRIP proxy, its own included.
@main
struct ShowProxied: Function {
    static let route = Route.get("/show-proxied")

    var proxy = GripProxy()

    func handle(_ request: Request) throws -> Response {
        try proxy.require(for: request)
        let headers = request.headers.fields.map { [$0.name, $0.value] }
        return try .json(headers)
    }
}
