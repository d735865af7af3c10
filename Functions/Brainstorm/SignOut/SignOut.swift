import Brainstorm
import FunctionCache
import FunctionCrypto
import FunctionPostgres
import FunctionRuntime

/// Ends the caller's session and clears its cookie.
///
/// Anybody may call it; without a session there is nothing to end, and that is a success too.
@main
struct SignOut: OpenFunction {
    static let route = Route.post("/api/auth/signout").alias("/api/auth/sign-out")

    var database = Database.brainstorm
    var cache = Cache()

    struct Output: Codable {
        var success: Bool
    }

    func handle(_ request: Request) throws -> Response {
        try request.requireSameOrigin()
        if let token = SessionCookie.token(in: request) {
            try database.run("SELECT sign_out(\(Token.hash(token)))")
            try cache.group(KeptSessions.group).forgetAll()
        }
        return try .json(Output(success: true))
            .adding("set-cookie", SessionCookie.clear(for: request))
    }
}
