public import Brainstorm
import FunctionCrypto
public import FunctionPostgres
public import FunctionRuntime

/// Who watches, and how the market stood when he was let in.
public struct Viewer: Decodable, Sendable {
    /// A session of a user; only its id is known here.
    public enum Session {}

    public var userId: Account.ID
    /// `overlay` for who has come with an overlay's token, whose maker `userId` is.
    public var role: String
    public var sessionId: ID<Session>?
    public var market: MarketState

    /// Beside the events, what the connection is subscribed to, so that it can be ended.
    public var ownChannels: [String] {
        [Live.channel(of: userId)] + (role == "overlay" ? [Live.overlays] : [])
    }
}

/// How the market stands, as those who watch are told.
public struct MarketState: Codable, Sendable {
    public var status: String
    public var day: Int?
    public var startedAt: Timestamp?
    public var endsAt: Timestamp?
}

/// What a request brings to be let in to watch; the first that is there counts.
///
/// | parameter | |
/// |---|---|
/// | `token` | an overlay's, or a socket's |
/// | `resume` | what ``link`` gave the proxy, with which a stream of a session goes on |
/// | none | the session's cookie |
public struct Credential: Sendable {
    private var token: String?
    private var mark: (session: ID<Viewer.Session>, digest: String)?
    private var session: String?

    public init(_ request: Request) throws {
        token = request.query["token"]
        if token != nil { return }
        if let mark = request.query["resume"] {
            let parts = mark.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 2, let session = ID<Viewer.Session>(String(parts[0])) else {
                throw Failure.unauthorized(
                    "You are not signed in; sign in first, or bring a token.")
            }
            self.mark = (session, String(parts[1]))
            return
        }
        try request.requireSameOrigin()
        session = SessionCookie.token(in: request)
    }

    /// What `start_viewing` and `live_snapshot` find a session by.
    public var sessionHash: String? { session.map(Token.hash) }
    /// What they find a token by.
    public var tokenHash: String? { token.map(Token.hash) }

    /// Lets somebody watch.
    ///
    /// - Parameters:
    ///   - database: the app's.
    ///   - connection: of a WebSocket, its id, for which a socket's token is good.
    ///   - time: that of the request.
    /// - Returns: who it is, and how the market stands.
    /// - Throws: 401.
    public func viewer(
        in database: Database, connection: String? = nil, at time: Timestamp
    ) throws -> Viewer {
        try database.only(
            """
            SELECT v.user_id, v.role, v.session_id, v.market
            FROM start_viewing(
                \(sessionHash), \(tokenHash), \(connection), \(mark?.session), \(mark?.digest),
                \(time)) AS v
            """, as: Viewer.self)
    }

    /// The query with which the same viewer comes again, where no cookie is sent along: the proxy
    /// asks with nothing but the address.
    ///
    /// Of a session it holds a mark that is made of its token's hash: good to watch, as long as the
    /// session lives, and for nothing else.
    public func link(for viewer: Viewer, to kinds: [Kind]) -> String {
        "\(mark(of: viewer))&types=\(kinds.map(\.rawValue).joined(separator: ","))"
    }

    private func mark(of viewer: Viewer) -> String {
        if let token { return "token=\(token)" }
        if let mark { return "resume=\(mark.session).\(mark.digest)" }
        guard let id = viewer.sessionId, let sessionHash else { return "" }
        return "resume=\(id).\(Hex.encode(Hash.sha256.digest(of: sessionHash + ":live")))"
    }
}
