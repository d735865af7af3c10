public import Brainstorm
import FunctionPasswords
public import FunctionPostgres
public import FunctionRuntime

/// Who has shown that an account is his.
public struct Proof {
    public let userId: Account.ID
    /// The hash of the password made anew, where the one that is stored is outdated.
    public let newPasswordHash: String?
}

extension Database {
    /// Checks a password, and counts the attempt.
    ///
    /// An account that does not exist costs the same time as a wrong password.
    ///
    /// - Parameters:
    ///   - password: what was given for it.
    ///   - email: the account's.
    ///   - address: the client's, whose attempts are counted too.
    ///   - time: of the attempt.
    /// - Returns: nil where it is not the password of an account.
    /// - Throws: 429 where there were too many attempts.
    public func proof(
        of password: String, for email: String, from address: String, at time: Timestamp
    ) throws -> Proof? {
        let found = try row(
            "SELECT user_id, password_hash FROM start_sign_in(\(email), \(address), \(time))",
            as: Credentials.self)
        let verdict = try Password.verify(password, against: found?.passwordHash)
        guard let found, verdict != .wrong else { return nil }
        return Proof(
            userId: found.userId,
            newPasswordHash: verdict == .correct ? nil : try Password.hash(password))
    }
}
