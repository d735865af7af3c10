public import FunctionRuntime

/// The cookie that carries a session's token, named as Better Auth names it.
///
/// It is HttpOnly, SameSite=Lax, and Secure everywhere but on localhost; with Secure comes the
/// prefix `__Secure-` (RFC 6265bis §4.1.3.1), which only a secure origin can set.
public enum SessionCookie {
    /// Seven days: how long a session lives after it was last renewed.
    public static let lifetime = 7 * 24 * 3600
    /// One day: for a sign-in that is not to be remembered.
    public static let shortLifetime = 24 * 3600

    public static func token(in request: Request) -> String? {
        request.cookie(name(for: request))
    }

    /// The value of `Set-Cookie` that hands out a token; `isRemembered` tells whether the cookie
    /// outlives the browser.
    public static func issue(
        _ token: String, to request: Request, isRemembered: Bool = true
    ) -> String {
        let age = isRemembered ? "; Max-Age=\(lifetime)" : ""
        return "\(name(for: request))=\(token)\(age)\(attributes(for: request))"
    }

    /// The value of `Set-Cookie` that takes the token back.
    public static func clear(for request: Request) -> String {
        "\(name(for: request))=; Max-Age=0\(attributes(for: request))"
    }

    private static func name(for request: Request) -> String {
        (request.isLocal ? "" : "__Secure-") + "better-auth.session_token"
    }

    private static func attributes(for request: Request) -> String {
        "; Path=/; HttpOnly; SameSite=Lax" + (request.isLocal ? "" : "; Secure")
    }
}
