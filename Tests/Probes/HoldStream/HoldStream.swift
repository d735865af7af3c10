import FunctionRealtime
import FunctionRuntime

/// Begins a stream of events and has it held: `?channel=a&channel=b`, `&prev-id=7` for all of them,
/// `&keep-alive=1` for a comment a second, `&next=?…` for where the proxy asks what it has missed.
///
/// Asked for what was missed, it answers with an event that says what came last, and with a hold
/// that goes on from `&resume=9`; without that, the stream ends.
@main
struct HoldStream: Function {
    static let route = Route.get("/hold-stream")

    var proxy = GripProxy()

    func handle(_ request: Request) throws -> Response {
        try proxy.require(for: request)
        let query = request.query
        let last = request.headers.all("grip-last")
        let previous = last.isEmpty ? query["prev-id"] : query["resume"]
        let event =
            last.isEmpty
            ? ServerSentEvent("connected", data: "hello")
            : ServerSentEvent("missed", data: last.joined(separator: ", "))
        guard last.isEmpty || previous != nil else { return .events([event]) }
        let hold = Hold.stream(
            query.all("channel").map { .init($0, previousID: previous) },
            keepAlive: query["keep-alive"].flatMap { Int($0) }.map { .init(":\n\n", interval: $0) },
            next: query["next"])
        return Response.events([event]).held(hold)
    }
}
