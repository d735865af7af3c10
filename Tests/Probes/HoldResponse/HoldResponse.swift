import FunctionRealtime
import FunctionRuntime

/// Waits for what is published: `?channel=a`, `&timeout=1` in seconds, `&prev-id=7`.
///
/// Where the proxy asks again, the answer says what came last.
@main
struct HoldResponse: Function {
    static let route = Route.get("/hold-response")

    var proxy = GripProxy()

    func handle(_ request: Request) throws -> Response {
        try proxy.require(for: request)
        let query = request.query
        let channels = query.all("channel").map {
            Hold.Channel($0, previousID: query["prev-id"])
        }
        let last = request.headers.all("grip-last").map { " after \($0)" }.joined()
        return Response.text("nothing came" + last)
            .held(.response(channels, timeout: query["timeout"].flatMap { Int($0) }))
    }
}
