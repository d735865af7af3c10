import FunctionCrypto
public import FunctionPostgres
public import FunctionRuntime

/// A session about to be opened: its token, which only its user gets, and what the database keeps
/// of it.
public struct NewSession: Sendable {
    public let token: String
    /// SHA-256 of the token, in hexadecimal.
    public let tokenHash: String
    private let isRemembered: Bool
    private let address: String
    private let userAgent: String?

    /// Seconds from now, or from its last renewal, until it expires.
    private var lifetime: Int {
        isRemembered ? SessionCookie.lifetime : SessionCookie.shortLifetime
    }

    public init(for request: Request, address: String, isRemembered: Bool = true) throws {
        token = try Token.make()
        tokenHash = Token.hash(token)
        userAgent = request.headers["user-agent"]
        self.address = address
        self.isRemembered = isRemembered
    }

    /// The call that opens it for a new participant; its row is an ``Account``.
    public func signUp(
        _ email: Email, name: String, passwordHash: String, at time: Timestamp
    ) -> SQL {
        """
        sign_up(
            \(email), \(name), \(passwordHash), \(tokenHash), \(lifetime), \(address),
            \(userAgent), \(time))
        """
    }

    /// The call that opens it for a user whose password was right; its row is an ``Account``.
    public func finishSignIn(
        _ user: Account.ID, newPasswordHash: String?, at time: Timestamp
    ) -> SQL {
        """
        finish_sign_in(
            \(user), \(tokenHash), \(lifetime), \(address), \(userAgent), \(newPasswordHash),
            \(time))
        """
    }

    /// The statement that makes a transaction its user's own, once it is open.
    public func caller(at time: Timestamp) -> SQL {
        "SELECT app.begin_request(\(tokenHash), NULL, \(time))"
    }

    /// The answer that hands the session to its user.
    public func response(
        _ body: some Encodable, to request: Request, status: Int
    ) throws -> Response {
        try .json(body, status: status)
            .adding(
                "set-cookie", SessionCookie.issue(token, to: request, isRemembered: isRemembered))
    }
}

/// What signing in and signing up answer.
public struct SignedIn: Codable, Sendable {
    public var user: Account

    public init(user: Account) {
        self.user = user
    }
}
