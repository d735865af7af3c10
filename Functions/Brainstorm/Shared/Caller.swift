import FunctionCrypto
public import FunctionPostgres
public import FunctionRuntime

/// What a user may be.
public enum Role: String, Codable, CaseIterable, Sendable {
    case admin
    case participant
}

extension Request {
    /// The statement that makes a transaction the caller's own; it goes out with the
    /// transaction's first statement, and refuses it with 401 or 403.
    ///
    /// - Parameter role: whom the endpoint is for; nil for everybody who is signed in.
    /// - Returns: a call of `app.begin_request`.
    /// - Throws: 401 where there is no session cookie, 403 where a page of another site sent it.
    public func caller(_ role: Role?) throws -> SQL {
        try requireSameOrigin()
        guard let token = SessionCookie.token(in: self) else {
            throw Failure.unauthorized("You are not signed in; sign in first.")
        }
        return
            "SELECT app.begin_request(\(Token.hash(token)), \(role?.rawValue), \(time))"
    }

    /// Refuses a change that a page of another site sent with the visitor's cookies.
    ///
    /// A browser names the page's origin in `Origin`, or in `Referer`, and its relation in
    /// `Sec-Fetch-Site`; other clients send neither, and have no cookies to be abused.
    ///
    /// - Throws: 403.
    public func requireSameOrigin() throws {
        guard !["GET", "HEAD", "OPTIONS"].contains(method) else { return }
        let site = headers["sec-fetch-site"] ?? "none"
        let source = headers["origin"] ?? headers["referer"]
        let host = headers["host"]?.lowercased()
        let isOwn = source.map { host != nil && authority(of: $0) == host } ?? true
        guard site != "cross-site", isOwn else {
            throw Failure(
                403, "invalid-origin",
                "The request comes from a page of another site, so it is not carried out.")
        }
    }

    /// The host and port of a URL; nil for what is not one, such as the origin `null`.
    private func authority(of url: String) -> String? {
        let parts = url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count >= 3, parts[0].hasSuffix(":"), parts[1].isEmpty else { return nil }
        return String(parts[2]).lowercased()
    }

    /// The client's address.
    ///
    /// It is the peer's, or where `hops` proxies are trusted the one that the outermost of them
    /// saw. What a client writes in `X-Forwarded-For` itself stands further left.
    public func clientAddress(hops: Variable) -> String {
        let trusted = hops.value.flatMap { Int($0) } ?? 0
        let chain = forwardedFor
        guard trusted > 0, chain.count >= trusted else { return remoteAddress }
        return chain[chain.count - trusted]
    }

    /// The client's address where it is beyond doubt; nil where it came through fewer proxies than
    /// are trusted, so that nobody can tell whose word a name in `X-Forwarded-For` is.
    ///
    /// - Throws: ``SettingError`` where the variable is not a number.
    func knownAddress(hops: Variable) throws -> String? {
        guard let trusted = Int(hops.value ?? "0"), trusted >= 0 else {
            throw SettingError(name: hops.name, problem: "it must be a whole number from 0")
        }
        let count = forwardedFor.count
        return count == 0 || count >= trusted ? clientAddress(hops: hops) : nil
    }

    /// Who a request was forwarded for, each proxy's client, the nearest last.
    private var forwardedFor: [String] {
        headers.all("x-forwarded-for").joined(separator: ",").split(separator: ",")
            .map { $0.filter { $0 != " " } }
    }
}
