import FunctionRuntime

/// Where a Redis is, as `REDIS_URL` tells.
///
/// | URL | |
/// |---|---|
/// | `redis://user:password@host:port/db` | TCP; the port is 6379 and the database 0 where they are left out |
/// | `unix://user:password@/path/of/socket?db=1`, `unix:/path` | a socket of this machine |
///
/// User and password are percent-encoded; without a user the password is that of the default one.
/// `rediss://` (TLS) is refused, as the hiredis of Debian cannot speak it.
package struct RedisAddress: Sendable, Equatable {
    package enum Place: Sendable, Equatable {
        case tcp(host: String, port: Int32)
        case socket(path: String)
    }

    package var place: Place
    package var user: String?
    package var password: String?
    package var database = 0

    /// - Throws: ``CacheError/usage(_:)``, which never quotes the URL.
    package init(_ url: String) throws {
        guard !url.hasPrefix("rediss:") else {
            throw CacheError.usage(
                """
                REDIS_URL starts with rediss://, and this build speaks to Redis without TLS only. \
                Use redis:// to a tunnel on this machine, or within a private network.
                """)
        }
        let schemes = ["redis://", "unix://", "unix:"]
        guard let scheme = schemes.first(where: url.hasPrefix) else { throw Self.malformed }
        var rest = url.dropFirst(scheme.count)
        let query = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        rest = query[0]
        place = .socket(path: "")
        let authority = rest.prefix { $0 != "/" }
        let host = try readCredentials(of: authority)
        let path = rest[authority.endIndex...]
        if scheme == "redis://" {
            place = try Self.tcp(host)
            database = try Self.number(path.dropFirst(), or: 0, upTo: 1 << 20)
        } else {
            guard host.isEmpty, path.utf8.count > 1, path.utf8.count < 108,
                let path = PercentEncoding.decode(path.utf8)
            else { throw Self.malformed }
            place = .socket(path: path)
            let number = query.count > 1 ? query[1] : ""
            guard number.isEmpty || number.hasPrefix("db=") else { throw Self.malformed }
            database = try Self.number(number.dropFirst(3), or: 0, upTo: 1 << 20)
        }
    }

    /// Takes user and password, and gives what stands behind them.
    private mutating func readCredentials(of authority: Substring) throws -> Substring {
        guard let at = authority.lastIndex(of: "@") else { return authority }
        let parts = authority[..<at].split(
            separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let decoded = parts.map { PercentEncoding.decode($0.utf8) }
        guard let name = decoded[0], let secret = decoded.last ?? nil else { throw Self.malformed }
        user = name.isEmpty ? nil : name
        password = parts.count > 1 ? secret : nil
        guard password != nil || user == nil else {
            throw CacheError.usage("REDIS_URL names a user and no password.")
        }
        return authority[authority.index(after: at)...]
    }

    private static func tcp(_ text: Substring) throws -> Place {
        var host = text
        var port: Substring = ""
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            host = text[text.index(after: text.startIndex)..<end]
            port = text[text.index(after: end)...]
        } else if let colon = text.lastIndex(of: ":") {
            host = text[..<colon]
            port = text[colon...]
        }
        guard port.isEmpty || port.hasPrefix(":") else { throw malformed }
        let number = try number(port.dropFirst(), or: 6379, upTo: 65535)
        return .tcp(host: host.isEmpty ? "localhost" : String(host), port: Int32(number))
    }

    private static func number(_ text: Substring, or fallback: Int, upTo limit: Int) throws -> Int {
        guard !text.isEmpty else { return fallback }
        guard let number = Int(text), (0...limit).contains(number) else { throw malformed }
        return number
    }

    private static let malformed = CacheError.usage(
        """
        REDIS_URL is not of the form redis://user:password@host:port/database or \
        unix://user:password@/path/of/socket?db=database.
        """)
}
