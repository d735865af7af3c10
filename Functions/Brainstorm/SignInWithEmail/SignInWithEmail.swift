import Brainstorm
import BrainstormAccounts
import FunctionCache
import FunctionPostgres
import FunctionRuntime

/// Signs a user in with his e-mail address, as Better Auth's clients ask for it.
///
/// Anybody may try. It is SignIn in another envelope; what that guarantees, this does.
@main
struct SignInWithEmail: Function {
    static let route = Route.post("/api/auth/sign-in/email")

    var database = Database.brainstorm
    var cache = Cache()
    var trustedHops = Variable("TRUSTED_PROXY_HOPS")
    var limit = Variable("SIGN_IN_LIMIT")
    var appURL = Variable("APP_URL")
    var trustedOrigins = Variable("TRUSTED_ORIGINS")

    struct Input: Decodable {
        var email: Text<0, 1000>
        var password: Text<1, 128>
        var rememberMe: Bool?
        var callbackURL: Text<1, 2000>?
    }

    struct Output: Codable {
        /// Whether the client is to go to `url`.
        var redirect: Bool
        var token: String
        var url: String?
        var user: Profile
    }

    func handle(_ request: Request) throws -> Response {
        try request.requireSameOrigin()
        let input = try request.json(as: Input.self)
        let email = try BetterAuth.email(input.email.value)
        let url = try ReturnAddress.url(
            ofCallback: input.callbackURL?.value, app: appURL, trusting: trustedOrigins)

        let address = request.clientAddress(hops: trustedHops)
        try cache.limit("sign-in:\(address)", to: limit, window: .seconds(10))
        let proof = try database.proof(
            of: input.password.value, for: email.value, from: address, at: request.time)
        guard let proof else { throw BetterAuth.wrongCredentials }

        let session = try NewSession(
            for: request, address: address, isRemembered: input.rememberMe ?? true)
        let opening = session.finishSignIn(
            proof.userId, newPasswordHash: proof.newPasswordHash, at: request.time)
        let user = try database.value(
            "SELECT answer -> 'user' FROM current_session(\(session.tokenHash), \(request.time))",
            as: Profile.self, after: "SELECT FROM \(opening)")
        return try session.response(
            Output(redirect: url != nil, token: session.token, url: url, user: user),
            to: request, status: 200)
    }
}
