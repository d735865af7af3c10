import Brainstorm
import FunctionCrypto
import FunctionPostgres
import FunctionRuntime

/// Makes a token with which a page that has no session may watch.
///
/// For admins: one for the overlay, good for a day. With `?for=socket`, for everybody who is signed
/// in: one that opens a WebSocket, once and within a minute, and ends with the session. Only its hash
/// is kept.
@main
struct ShowOverlayToken: BrainstormFunction {
    static let route = Route.get("/api/obs/token")

    var database = Database.brainstorm

    enum Purpose: String, Codable, CaseIterable, SQLBindable {
        case overlay
        case socket
    }

    struct Filter: Decodable {
        var `for`: Purpose?
    }

    struct Output: Codable {
        var token: String
        var expiresAt: Timestamp
    }

    func handle(_ request: Request) throws -> Response {
        let purpose = try request.query(as: Filter.self).for ?? .overlay
        let caller = try request.caller(purpose == .overlay ? .admin : nil)

        let token = try Token.make()
        let session = SessionCookie.token(in: request).map(Token.hash)
        let expiresAt = try database.value(
            """
            SELECT make_live_token(
                \(Token.hash(token)), \(purpose), \(session),
                \(purpose == .overlay ? 24 * 3600 : 60))
            """, as: Timestamp.self, after: caller)
        return try .json(Output(token: token, expiresAt: expiresAt))
            .adding("cache-control", "no-store")
    }
}
