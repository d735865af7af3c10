import Brainstorm
import FunctionCrypto
import FunctionPostgres
import FunctionRuntime

/// Shows the caller's session and account; JSON's null where there is no valid session.
///
/// Anybody may ask. A session to be remembered is renewed once a day, and its cookie is sent again;
/// the cookie of one that has ended is cleared.
@main
struct ShowSession: BrainstormFunction {
    static let route = Route.get("/api/auth/get-session")

    var database = Database.brainstorm

    struct Output: Codable {
        var session: Session
        var user: User
    }

    struct Session: Codable {
        var id: ID<Session>
        var userId: Account.ID
        var expiresAt, createdAt, updatedAt: Timestamp
        var ipAddress, userAgent: String?
    }

    struct User: Codable {
        var id: Account.ID
        var email, name: String
        var role: Role
        var emailVerified: Bool
        var image: String?
        var createdAt, updatedAt: Timestamp
    }

    private struct Found: Decodable {
        var answer: Output
        var lifetime: Int
        var renewed: Bool
    }

    func handle(_ request: Request) throws -> Response {
        guard let token = SessionCookie.token(in: request) else { return try .json(JSON.null) }
        let hash = Token.hash(token)

        let found = try database.row(
            "SELECT answer, lifetime, renewed FROM current_session(\(hash), \(request.time))",
            as: Found.self)
        guard let found else {
            return try .json(JSON.null).adding("set-cookie", SessionCookie.clear(for: request))
        }
        let response = try Response.json(found.answer)
        guard found.renewed else { return response }
        return response.adding(
            "set-cookie",
            SessionCookie.issue(
                token, to: request, isRemembered: found.lifetime == SessionCookie.lifetime))
    }
}
