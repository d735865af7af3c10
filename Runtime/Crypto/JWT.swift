public import FunctionRuntime

/// A JSON Web Token (RFC 7519) that is signed with HMAC-SHA256, `HS256` (RFC 7518 §3.2).
///
/// ```swift
/// let token = JWT.sign(["iss": "pushpin", "exp": 1_795_000_000], key: key)
/// let claims = try JWT.verify(token, key: key, at: request.time)
/// ```
public enum JWT {
    /// Why a token is not taken.
    public enum Problem: Error, Sendable, Equatable, CustomStringConvertible {
        case malformed
        /// It is signed otherwise than by `HS256`, or not at all.
        case algorithm
        case signature
        case expired
        case notYetValid

        public var description: String {
            switch self {
            case .malformed: "The token is not a JWT."
            case .algorithm: "The token is not signed with HS256."
            case .signature: "The token's signature is another key's."
            case .expired: "The token has expired."
            case .notYetValid: "The token is not valid yet."
            }
        }
    }

    /// A token with these claims.
    public static func sign(_ claims: JSON, key: [UInt8]) -> String {
        let header: JSON = ["alg": "HS256", "typ": "JWT"]
        let text = [header, claims].map { Base64.encode($0.bytes, as: .url) }
            .joined(separator: ".")
        return "\(text).\(Base64.encode(signature(of: text, key), as: .url))"
    }

    /// The claims of a token that was signed with a key and is valid now.
    ///
    /// `exp` and `nbf` (§4.1.4, §4.1.5) are checked where they are there; all else is the caller's
    /// to check.
    public static func verify(
        _ token: String, key: [UInt8], at now: Timestamp
    ) throws(Problem) -> JSON {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let header = json(parts[0]), let claims = json(parts[1]),
            let given = Base64.decode(String(parts[2]), as: .url)
        else { throw .malformed }
        guard header["alg"]?.text == "HS256" else { throw .algorithm }
        guard constantTimeEquals(given, signature(of: "\(parts[0]).\(parts[1])", key)) else {
            throw .signature
        }
        let second = Double(now.milliseconds) / 1000
        if let expiry = try moment("exp", in: claims), expiry <= second { throw .expired }
        if let start = try moment("nbf", in: claims), start > second { throw .notYetValid }
        return claims
    }

    private static func signature(of text: String, _ key: [UInt8]) -> [UInt8] {
        Hash.sha256.hmac(key: key, message: Array(text.utf8))
    }

    private static func json(_ part: Substring) -> JSON? {
        Base64.decode(String(part), as: .url).flatMap { try? JSON(parsing: $0) }
    }

    /// Seconds since 1970 (`NumericDate`, §2).
    private static func moment(_ name: String, in claims: JSON) throws(Problem) -> Double? {
        guard let value = claims[name] else { return nil }
        guard case .number(let text) = value, let number = Double(text) else { throw .malformed }
        return number
    }
}
