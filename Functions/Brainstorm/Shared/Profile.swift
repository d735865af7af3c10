public import FunctionRuntime

/// A user as Better Auth describes him: what the schema's `app.profile` makes.
public struct Profile: Codable, Sendable {
    public var id: Account.ID
    public var email, name: String
    public var role: Role
    public var emailVerified: Bool
    public var image: String?
    public var createdAt, updatedAt: Timestamp
}
