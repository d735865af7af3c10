import Brainstorm
import BrainstormLive
import FunctionCache
import FunctionCrypto
import FunctionHTTP
import FunctionPasswords
import FunctionPostgres
import FunctionRuntime

/// Gives the caller another password, where he knows the one that he has.
///
/// For everybody who is signed in. His other sessions end, and so do tokens to set it anew; the session
/// that asks stays. A wrong password counts as a failed sign-in. The change is audited.
@main
struct ChangePassword: BrainstormFunction {
    static let route = Route.post("/api/user/change-password")

    var database = Database.brainstorm
    var cache = Cache()
    var publisher = Publisher()
    var trustedHops = Variable("TRUSTED_PROXY_HOPS")

    struct Input: Decodable {
        var currentPassword: Text<1, 128>
        var newPassword: Text<8, 128>
    }

    struct Output: Codable {
        var success: Bool
    }

    func handle(_ request: Request) throws -> Response {
        let caller = try request.caller(nil)
        let input = try request.json(as: Input.self)

        let address = request.clientAddress(hops: trustedHops)
        let storedHash = try database.value(
            "SELECT start_password_change(\(address))", as: String.self, after: caller)
        let verdict = try Password.verify(input.currentPassword.value, against: storedHash)
        guard verdict != .wrong else {
            throw Failure.invalid([
                .init(path: "currentPassword", message: "Is not your present password.")
            ])
        }

        let newHash = try Password.hash(input.newPassword.value)
        let token = SessionCookie.token(in: request).map(Token.hash)
        let user = try database.value(
            "SELECT finish_password_change(\(newHash), \(token), \(address))",
            as: Account.ID.self, after: caller)
        try cache.group(KeptSessions.group).forgetAll()
        Live.disconnect(user, publisher)
        return try .json(Output(success: true))
    }
}
