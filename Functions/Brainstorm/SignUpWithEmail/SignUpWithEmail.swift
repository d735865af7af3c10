import Brainstorm
import FunctionCache
import FunctionPasswords
import FunctionPostgres
import FunctionRuntime

/// Makes a participant's account and signs him in, as Better Auth's clients ask for it.
///
/// Anybody may call it; a flood from an address is refused with 429. It is SignUp in another envelope.
@main
struct SignUpWithEmail: Function {
    static let route = Route.post("/api/auth/sign-up/email")

    var database = Database.brainstorm
    var cache = Cache()
    var trustedHops = Variable("TRUSTED_PROXY_HOPS")
    var limit = Variable("SIGN_IN_LIMIT")

    struct Input: Decodable {
        var name: Text<1, 100>
        var email: Text<0, 1000>
        var password: Text<0, 10_000>
        var image: ImageAddress?
        var rememberMe: Bool?
    }

    struct Output: Codable {
        var token: String
        var user: Profile
    }

    func handle(_ request: Request) throws -> Response {
        try request.requireSameOrigin()
        let input = try request.json(as: Input.self)
        let email = try BetterAuth.newEmail(input.email.value)
        let password = try BetterAuth.newPassword(input.password.value)

        let address = request.clientAddress(hops: trustedHops)
        try cache.limit("sign-up:\(address)", to: limit, window: .seconds(10))
        let passwordHash = try Password.hash(password)
        let session = try NewSession(
            for: request, address: address, isRemembered: input.rememberMe ?? true)
        let opening = session.signUp(
            email, name: input.name.value, passwordHash: passwordHash, at: request.time)
        let user = try BetterAuth.unlessTaken {
            try database.value(
                "SELECT update_profile(NULL, \(input.image?.value))", as: Profile.self,
                after: "SELECT FROM \(opening)", session.caller(at: request.time))
        }
        return try session.response(
            Output(token: session.token, user: user), to: request, status: 200)
    }
}
