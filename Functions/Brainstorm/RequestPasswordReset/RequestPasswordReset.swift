import Brainstorm
import FunctionCache
import FunctionCrypto
import FunctionHTTP
import FunctionPostgres
import FunctionRuntime

/// Has a mail sent with which a user sets his password anew.
///
/// Anybody may ask; an address that no account has costs the same time and gives the same answer.
/// Asked too often, from an address or for an account, it refuses with 429. The mail leaves through
/// a queue: where that cannot be used the answer is 503, and the token goes to nobody.
@main
struct RequestPasswordReset: Function {
    static let route = Route.post("/api/auth/request-password-reset")

    var database = Database.brainstorm
    var cache = Cache()
    var mails = Queue(MailOrder.queue)
    var trustedHops = Variable("TRUSTED_PROXY_HOPS")
    var limit = Variable("SIGN_IN_LIMIT")
    var accountLimit = Variable("PASSWORD_RESET_LIMIT")
    var appURL = Variable("APP_URL")
    var trustedOrigins = Variable("TRUSTED_ORIGINS")

    struct Input: Decodable {
        var email: Email
        var redirectTo: Text<1, 2000>?
    }

    struct Output: Codable {
        var status: Bool
        var message: String
    }

    func handle(_ request: Request) throws -> Response {
        try request.requireSameOrigin()
        let input = try request.json(as: Input.self)
        let page = try ReturnAddress(
            input.redirectTo?.value, name: "redirectURL", app: appURL, trusting: trustedOrigins)

        let address = request.clientAddress(hops: trustedHops)
        try cache.limit("reset:\(address)", to: limit, window: .seconds(10))
        try cache.limit("reset-of:\(input.email.value)", to: accountLimit, window: .seconds(3600))
        let token = try Token.make()
        let recipient = try database.value(
            "SELECT request_password_reset(\(input.email), \(Token.hash(token)), \(request.time))",
            as: String?.self)

        let link =
            try AppAddress.url(of: appURL) + "/api/auth/reset-password/\(token)"
            + "?callbackURL=\(PercentEncoding.encode(page.url))"
        try depending(on: "The queue of mails") {
            try mails.send(json: MailOrder(.passwordReset, to: recipient, link: link))
        }
        return try .json(
            Output(
                status: true,
                message: "If this email exists in our system, check your email for the reset link"))
    }
}
