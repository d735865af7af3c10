import Brainstorm
import BrainstormAccounts
import FunctionCache
import FunctionCrypto
import FunctionPostgres
import FunctionRuntime

/// Signs a user in with e-mail address or username, and opens a session.
///
/// Anybody may try; an unknown account costs the same time and gives the same answer as a wrong
/// password. Ten failures of an account, or fifty of an address, within a quarter of an hour are
/// refused with 429 until it is over; so is a flood from an address, for seconds.
@main
struct SignIn: OpenFunction {
    static let route = Route.post("/api/auth/signin")

    var database = Database.brainstorm
    var cache = Cache()
    var trustedHops = Variable("TRUSTED_PROXY_HOPS")
    var limit = Variable("SIGN_IN_LIMIT")

    struct Input: Decodable {
        var email: Email?
        var username: Text<1, 50>?
        var password: Text<1, 128>
        var rememberMe: Bool?
    }

    typealias Output = SignedIn

    func handle(_ request: Request) throws -> Response {
        try request.requireSameOrigin()
        let input = try request.json(as: Input.self)
        let name = input.username.map { "\($0.value.lowercased())@brainstorm.local" }
        guard let email = input.email?.value ?? name else {
            throw Failure.invalid([.init(path: "email", message: "Give an email or a username.")])
        }

        let address = request.clientAddress(hops: trustedHops)
        try cache.limit("sign-in:\(address)", to: limit, window: .seconds(10))
        let proof = try database.proof(
            of: input.password.value, for: email, from: address, at: request.time)
        guard let proof else {
            throw Failure.unauthorized("Wrong e-mail address, username or password.")
        }

        let session = try NewSession(
            for: request, address: address, isRemembered: input.rememberMe ?? true)
        let account = try database.only(
            """
            SELECT id, email, name, role
            FROM \(session.finishSignIn(
                proof.userId, newPasswordHash: proof.newPasswordHash, at: request.time))
            """, as: Account.self)
        return try session.response(SignedIn(user: account), to: request, status: 200)
    }
}
