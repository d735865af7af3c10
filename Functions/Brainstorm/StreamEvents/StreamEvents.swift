import Brainstorm
import BrainstormLive
import FunctionCache
import FunctionPostgres
import FunctionRealtime
import FunctionRuntime

/// Streams what happens in the game, as server-sent events.
///
/// For who is signed in or has an overlay's token. The first event says how the market stands; then
/// comes what was missed since `Last-Event-ID`, and then what happens. The proxy asks again from time
/// to time; who may not watch any more then finds his stream ended.
@main
struct StreamEvents: BrainstormFunction {
    static let route = Route.get("/api/obs/events")

    var database = Database.brainstorm
    var cache = Cache()
    var proxy = GripProxy()

    struct Filter: Decodable {
        var types: String?
        var token: String?
        var lastEventId: String?
    }

    func handle(_ request: Request) throws -> Response {
        if Live.hasProxy { try proxy.require(for: request) }
        let kinds = try Kind.named(request.query["types"])
        let credential = try Credential(request)

        let known = request.gripLast(of: kinds)
        let isContinued = known != nil
        let missed = try Missed(kinds, since: known ?? request.lastEventID(of: kinds), in: cache)
        let viewer: Viewer
        do {
            viewer = try credential.viewer(in: database, at: request.time)
        } catch let failure as Failure where failure.status == 401 && isContinued {
            return .events([])
        }

        var events = missed.events
        if !isContinued {
            let greeting = Greeting(viewer, kinds, at: request.time)
            let id = events.isEmpty ? missed.start : nil
            events.insert(try ServerSentEvent(greeting.type, json: greeting, id: id), at: 0)
        }
        // Without a proxy the stream ends here, and the client comes back with what it knows.
        guard Live.hasProxy else { return .events(events, retry: 5000) }
        let types = kinds.map(\.rawValue).joined(separator: ",")
        let channels = missed.channels + viewer.ownChannels.map { .init($0) }
        return Response.events(events).held(
            .stream(
                channels, keepAlive: .comment,
                next: "?\(credential.link(for: viewer))&types=\(types)"))
    }
}
