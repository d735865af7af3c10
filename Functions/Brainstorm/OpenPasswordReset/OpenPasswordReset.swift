import Brainstorm
import FunctionCrypto
import FunctionPostgres
import FunctionRuntime

/// Leads from the link in a mail to the page that asks for the new password.
///
/// Anybody may follow the link. The page gets the token, or `error=INVALID_TOKEN` where it has
/// expired or was used; it is the app's or a trusted origin's, and any other is refused with 403.
@main
struct OpenPasswordReset: Function {
    static let route = Route.get("/api/auth/reset-password/{token}")

    var database = Database.brainstorm
    var appURL = Variable("APP_URL")
    var trustedOrigins = Variable("TRUSTED_ORIGINS")

    struct Filter: Decodable {
        var callbackURL: Text<1, 2000>?
    }

    func handle(_ request: Request) throws -> Response {
        let token = try request.path("token", as: String.self)
        let page = try ReturnAddress(
            request.query(as: Filter.self).callbackURL?.value, name: "callbackURL", app: appURL,
            trusting: trustedOrigins)

        let isValid = try database.value(
            "SELECT is_password_reset(\(Token.hash(token)), \(request.time))", as: Bool.self)
        let location =
            isValid ? page.adding("token", token) : page.adding("error", "INVALID_TOKEN")
        return .redirect(to: location)
            .adding("cache-control", "no-store").adding("referrer-policy", "no-referrer")
    }
}
