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

    /// The proxy asks from its own address; whom it asks for was let in when he came.
    func admit(_ request: Request) throws {
        if try !isLinked(request) { try admitByAddress(request) }
    }

    /// Whether the proxy comes by a link that it was given.
    private func isLinked(_ request: Request) throws -> Bool {
        try Live.hasProxy && proxy.hasLink(request)
    }

    func handle(_ request: Request) throws -> Response {
        if Live.hasProxy { try proxy.require(for: request) }
        let kinds = try Kind.named(request.query["types"])
        let credential = try Credential(request)

        let known = request.gripLast(of: kinds)
        let isContinued = try known != nil || isLinked(request)
        let missed = try Missed(kinds, since: known ?? request.lastEventID(of: kinds), in: cache)
        let viewer: Viewer
        do {
            viewer = try credential.viewer(in: database, at: request.time)
        } catch let failure as Failure where failure.status == 401 && isContinued {
            return .events([])
        }

        let greeting = Greeting(viewer, kinds, at: request.time)
        let events = try isContinued ? missed.events : missed.events(after: greeting)
        // Without a proxy the stream ends here, and the client comes back with what it knows.
        guard Live.hasProxy else { return .events(events, retry: 5000) }
        let channels = missed.channels + viewer.ownChannels.map { .init($0) }
        let next = try proxy.sign(query: credential.link(for: viewer, to: kinds))
        return .events(events).held(.stream(channels, keepAlive: .comment, next: "?\(next)"))
    }
}
