import FunctionHTTP
import FunctionRuntime

/// Gets what is at an address, as a function does that asks a service.
@main
struct Fetch: Function {
    static let route = Route.get("/fetch")
    let http = HTTP()

    func handle(_ request: Request) throws -> Response {
        let answer = try http.send(.init("GET", request.query["url"] ?? "")).checked()
        return Response(status: 200, body: answer.body)
    }
}
