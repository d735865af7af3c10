import Brainstorm
import FunctionCache
import FunctionCrypto
import FunctionPasswords
import FunctionPostgres
import FunctionRuntime

/// Makes a participant's account with a million to trade, and signs him in.
///
/// Anybody may call it; a flood from an address is refused with 429. The role is always participant, whatever the body says.
@main
struct SignUp: OpenFunction {
    static let route = Route.post("/api/auth/signup")

    var database = Database.brainstorm
    var cache = Cache()
    var trustedHops = Variable("TRUSTED_PROXY_HOPS")
    var limit = Variable("SIGN_IN_LIMIT")

    struct Input: Decodable {
        var email: Email
        var password: Text<8, 128>
        var name: Text<1, 100>?
    }

    typealias Output = SignedIn

    func handle(_ request: Request) throws -> Response {
        try request.requireSameOrigin()
        let input = try request.json(as: Input.self)
        // These addresses stand for the usernames that admins give out.
        guard !input.email.isOfUsername else {
            throw Failure.invalid([
                .init(path: "email", message: "Must not be an address at brainstorm.local.")
            ])
        }

        let address = request.clientAddress(hops: trustedHops)
        try cache.limit("sign-up:\(address)", to: limit, window: .seconds(10))
        let name = input.name?.value ?? String(input.email.value.prefix { $0 != "@" })
        let passwordHash = try Password.hash(input.password.value)
        let session = try NewSession(for: request, address: address)
        let account = try database.only(
            """
            SELECT id, email, name, role
            FROM \(session.signUp(
                input.email, name: name, passwordHash: passwordHash, at: request.time))
            """, as: Account.self)
        return try session.response(SignedIn(user: account), to: request, status: 201)
    }
}
