import Brainstorm
import FunctionCache
import FunctionCrypto
import FunctionPostgres
import FunctionRuntime

/// Shows the caller's session and account; JSON's null where there is no valid session.
///
/// Anybody may ask. A session to be remembered is renewed once a day, and its cookie is sent again;
/// the cookie of one that has ended is cleared. The answer may be a minute old, but not older than
/// what ended or changed the session in the app.
@main
struct ShowSession: OpenFunction {
    static let route = Route.get("/api/auth/get-session")

    var database = Database.brainstorm
    var cache = Cache()

    struct Output: Codable {
        var session: Session
        var user: Profile
    }

    struct Session: Codable {
        var id: ID<Session>
        var userId: Account.ID
        var expiresAt, createdAt, updatedAt: Timestamp
        var ipAddress, userAgent: String?
    }

    private struct Found: Decodable {
        var answer: Output
        var lifetime: Int
        var renewed: Bool
    }

    func handle(_ request: Request) throws -> Response {
        guard let token = SessionCookie.token(in: request) else { return try .json(JSON.null) }
        let hash = Token.hash(token)
        let sessions = cache.group(KeptSessions.group)
        let kept = try sessions.find(hash, at: request.time, as: Output.self)
        if let answer = kept.value, request.time < answer.session.expiresAt {
            return try .json(answer)
        }

        let found = try database.row(
            "SELECT answer, lifetime, renewed FROM current_session(\(hash), \(request.time))",
            as: Found.self)
        guard let found else {
            return try .json(JSON.null).adding("set-cookie", SessionCookie.clear(for: request))
        }
        try sessions.keep(found.answer, as: kept, at: request.time, for: .seconds(60))
        let response = try Response.json(found.answer)
        guard found.renewed else { return response }
        return response.adding(
            "set-cookie",
            SessionCookie.issue(
                token, to: request, isRemembered: found.lifetime == SessionCookie.lifetime))
    }
}
