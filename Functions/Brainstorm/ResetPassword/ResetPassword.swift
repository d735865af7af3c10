import Brainstorm
import BrainstormLive
import FunctionCache
import FunctionCrypto
import FunctionHTTP
import FunctionPasswords
import FunctionPostgres
import FunctionRuntime

/// Sets a user's password anew, with the token that was mailed to him.
///
/// Anybody may try; a token works once and for an hour. All sessions of the user end, and so do his
/// other tokens. The change is audited.
@main
struct ResetPassword: Function {
    static let route = Route.post("/api/auth/reset-password")

    var database = Database.brainstorm
    var cache = Cache()
    var publisher = Publisher()
    var trustedHops = Variable("TRUSTED_PROXY_HOPS")
    var limit = Variable("SIGN_IN_LIMIT")

    struct Input: Decodable {
        var newPassword: Text<8, 128>
        var token: Text<1, 200>
    }

    struct Output: Codable {
        var status: Bool
    }

    func handle(_ request: Request) throws -> Response {
        try request.requireSameOrigin()
        let input = try request.json(as: Input.self)

        let address = request.clientAddress(hops: trustedHops)
        try cache.limit("reset:\(address)", to: limit, window: .seconds(10))
        let passwordHash = try Password.hash(input.newPassword.value)
        let user = try database.value(
            "SELECT reset_password(\(Token.hash(input.token.value)), \(passwordHash), \(request.time))",
            as: Account.ID?.self)
        guard let user else { throw Failure(400, "INVALID_TOKEN", "Invalid token") }
        try cache.group(KeptSessions.group).forgetAll()
        Live.disconnect(user, publisher)
        return try .json(Output(status: true))
    }
}
