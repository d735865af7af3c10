import CArgon2
import FunctionCrypto

/// Passwords, hashed so that who steals the table must pay for every guess.
///
/// New hashes are Argon2id (RFC 9106) with 19 MiB of memory, 2 passes and 1 lane, the parameters
/// that OWASP names first, in the PHC string format, which says how it was made:
///
///     $argon2id$v=19$m=19456,t=2,p=1$<16 bytes of salt>$<32 bytes of tag>
///
/// Older hashes keep working: Argon2i and Argon2id with other parameters, and bcrypt, which most
/// systems that are moved here have used. ``Verdict/correctButOutdated`` tells when to write a new one,
/// which is only possible in the moment in which the password is known:
///
/// ```swift
/// switch try Password.verify(input.password, against: account?.passwordHash) {
/// case .wrong: throw Failure.unauthorized("The e-mail address or the password is wrong.")
/// case .correct: break
/// case .correctButOutdated: try store(Password.hash(input.password))
/// }
/// ```
public enum Password {
    /// What became of a password that was checked.
    public enum Verdict: Sendable {
        case wrong
        case correct
        /// It is the password, and its hash should be made anew with ``Password/hash(_:)``.
        case correctButOutdated
    }

    /// A hash of a password with a salt of its own.
    ///
    /// Every byte of the password's UTF-8 counts, U+0000 included, however long it is.
    public static func hash(_ password: String) throws -> String {
        try Argon2.hash(password, salt: Random.bytes(Argon2.saltLength))
    }

    /// Checks a password against a stored hash.
    ///
    /// Without a hash (there is no such account) it does the work of checking one, and answers
    /// ``Verdict/wrong``: the time that it takes must not tell which accounts exist.
    ///
    /// - Throws: ``PasswordError`` where what is stored is no hash that this can check.
    public static func verify(_ password: String, against stored: String?) throws -> Verdict {
        guard let stored else {
            _ = try Argon2.hash(password, salt: [UInt8](repeating: 0, count: Argon2.saltLength))
            return .wrong
        }
        let scheme = stored.utf8.first == UInt8(ascii: "$") ? scheme(of: stored) : ""
        switch scheme {
        case "argon2id", "argon2i": return try Argon2.verify(password, against: stored)
        case "2a", "2b", "2y": return try Bcrypt.verify(password, against: stored)
        default: throw PasswordError.unknownScheme(scheme)
        }
    }

    /// The identifier between the first two `$`.
    private static func scheme(of stored: String) -> String {
        String(stored.dropFirst().prefix { $0 != "$" }.prefix(16))
    }
}

/// Why a password could not be hashed or checked.
///
/// It never holds the hash.
public enum PasswordError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The hash names no scheme that is supported; empty where it names none.
    case unknownScheme(String)
    /// The hash names a scheme and does not have its form.
    case malformed(scheme: String)
    /// Checking the hash would take more memory or time than a request may.
    case tooCostly(parameters: String)
    /// A library refused.
    case failed(operation: String, code: Int32, message: String)

    public var description: String {
        switch self {
        case .unknownScheme(""):
            "The stored password hash does not start with $ and a scheme; "
                + "Argon2id, Argon2i and bcrypt can be checked."
        case .unknownScheme(let scheme):
            "The stored password hash has the scheme \(scheme); "
                + "Argon2id, Argon2i and bcrypt can be checked."
        case .malformed(let scheme):
            "The stored password hash says that it is \(scheme) and does not have its form."
        case .tooCostly(let parameters):
            "The stored password hash asks for \(parameters), more than a request may spend."
        case .failed(let operation, let code, let message):
            "\(operation) failed with code \(code): \(message)."
        }
    }
}
