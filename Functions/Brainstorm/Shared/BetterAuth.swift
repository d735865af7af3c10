public import FunctionRuntime

/// What Better Auth refuses, in its own codes and words.
public enum BetterAuth {
    /// Reads an e-mail address.
    ///
    /// - Throws: 400.
    public static func email(_ text: String) throws -> Email {
        guard let email = Email(text) else { throw invalidEmail }
        return email
    }

    /// The address of an account to be made.
    ///
    /// Those at brainstorm.local stand for the usernames that admins give out.
    ///
    /// - Throws: 400.
    public static func newEmail(_ text: String) throws -> Email {
        let email = try email(text)
        guard !email.isOfUsername else { throw invalidEmail }
        return email
    }

    /// A password to be set, of 8 to 128 characters.
    ///
    /// - Throws: 400.
    public static func newPassword(_ text: String) throws -> String {
        let length = text.unicodeScalars.count
        guard length >= 8 else {
            throw Failure(400, "PASSWORD_TOO_SHORT", "Password too short")
        }
        guard length <= 128 else { throw Failure(400, "PASSWORD_TOO_LONG", "Password too long") }
        return text
    }

    /// 401, for an account that does not exist too.
    public static var wrongCredentials: Failure {
        Failure(401, "INVALID_EMAIL_OR_PASSWORD", "Invalid email or password")
    }

    /// Makes an account, unless somebody has its address.
    ///
    /// - Throws: 422 where somebody has it.
    public static func unlessTaken<Value>(_ work: () throws -> Value) throws -> Value {
        do {
            return try work()
        } catch let failure as Failure where failure.code == "already-exists" {
            throw Failure(
                422, "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL",
                "User already exists. Use another email.")
        }
    }

    private static var invalidEmail: Failure { Failure(400, "INVALID_EMAIL", "Invalid email") }
}

extension Email {
    /// Whether it stands for a username, and nobody reads what is sent to it.
    public var isOfUsername: Bool { value.hasSuffix("@brainstorm.local") }
}
