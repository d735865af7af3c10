import Foundation

/// A PostgreSQL server and a role that administers it, whether the runner has started it or not.
struct DatabaseServer: Sendable {
    private let beforeUser: String
    private let user: String
    private let host: String
    private let database: String
    private let parameters: String
    private let passwords: Passwords

    /// - Parameters:
    ///   - adminURL: `postgres://user:password@host:port/database?parameters`.
    ///   - passwords: where the functions' roles have theirs.
    /// - Throws: ``RunnerError`` where it is no such URL. Its text never contains the password.
    init(adminURL: String, passwords: Passwords) throws {
        let scheme = ["postgresql://", "postgres://"].first { adminURL.hasPrefix($0) }
        guard let scheme else {
            throw RunnerError(
                "The address of a PostgreSQL server must be a URL that starts with postgres://.")
        }
        let rest = adminURL.dropFirst(scheme.count)
        let query = rest.firstIndex(of: "?") ?? rest.endIndex
        let authority = rest[..<query].prefix { $0 != "/" }
        let at = authority.lastIndex(of: "@")
        beforeUser = scheme
        user = at.map { String(authority[..<$0]) } ?? ""
        host = at.map { String(authority[authority.index(after: $0)...]) } ?? String(authority)
        database = String(rest[authority.endIndex..<query].dropFirst())
        parameters = String(rest[query...])
        self.passwords = passwords
    }

    /// The address of the administrating role, in its own database.
    var adminURL: String { url(user, database) }

    /// The address of the administrating role, in another database.
    func adminURL(database: String) -> String {
        url(user, Self.escape(database))
    }

    /// The address of a role whose password the runner keeps.
    func url(database: String, role: String) throws -> String {
        let password = try passwords.password(of: role)
        return url("\(Self.escape(role)):\(Self.escape(password))", Self.escape(database))
    }

    /// What the server is to store of that password.
    func verifier(of role: String) throws -> String {
        try ScramVerifier.make(of: passwords.password(of: role))
    }

    /// An address without its password, and the password, which must not stand where other users see
    /// it.
    static func split(_ url: String) -> (url: String, password: String?) {
        guard let start = url.range(of: "://")?.upperBound,
            let at = url[start...].prefix(while: { $0 != "/" }).lastIndex(of: "@"),
            let colon = url[start..<at].firstIndex(of: ":")
        else { return (url, nil) }
        let password = String(url[url.index(after: colon)..<at])
        return (String(url[..<colon] + url[at...]), password.removingPercentEncoding ?? password)
    }

    private func url(_ user: String, _ database: String) -> String {
        "\(beforeUser)\(user.isEmpty ? "" : user + "@")\(host)/\(database)\(parameters)"
    }

    /// Percent-encodes what has a meaning in a URL.
    static func escape(_ text: String) -> String {
        let plain = CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "-._~"))
        return text.addingPercentEncoding(withAllowedCharacters: plain) ?? text
    }
}
