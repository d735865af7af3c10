import FunctionCrypto
public import FunctionRuntime

/// A session about to be opened: its token, which only the cookie holds, and what the database
/// keeps of it.
public struct NewSession: Sendable {
    private let token: String
    private let isRemembered: Bool
    /// SHA-256 of the token, in hexadecimal.
    public let tokenHash: String
    public let address: String
    public let userAgent: String?

    /// Seconds from now, or from its last renewal, until it expires.
    public var lifetime: Int {
        isRemembered ? SessionCookie.lifetime : SessionCookie.shortLifetime
    }

    public init(for request: Request, address: String, isRemembered: Bool = true) throws {
        token = try Token.make()
        tokenHash = Token.hash(token)
        userAgent = request.headers["user-agent"]
        self.address = address
        self.isRemembered = isRemembered
    }

    /// The answer that hands the session to its user.
    public func response(_ account: Account, to request: Request, status: Int) throws -> Response {
        try .json(SignedIn(user: account), status: status)
            .adding(
                "set-cookie", SessionCookie.issue(token, to: request, isRemembered: isRemembered))
    }
}

/// What signing in and signing up answer.
public struct SignedIn: Codable, Sendable {
    public var user: Account
}
