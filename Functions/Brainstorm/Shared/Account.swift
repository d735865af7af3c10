public import FunctionRuntime

/// A user, as he sees himself.
public struct Account: Codable, Sendable {
    public typealias ID = FunctionRuntime.ID<Account>

    public var id: ID
    public var email: String
    public var name: String
    public var role: Role
}

/// What a sign-in needs to check a password.
public struct Credentials: Codable, Sendable {
    public var userId: Account.ID
    public var passwordHash: String
}

/// What `DELETE` answers.
public struct Deletion: Codable, Sendable {
    public var message: String

    public init(message: String) {
        self.message = message
    }
}
