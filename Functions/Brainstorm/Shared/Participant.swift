public import FunctionPostgres
public import FunctionRuntime

/// A participant with his account, as admins see him: a row of the view `participant_profiles`.
public struct Participant: Codable, Sendable {
    public typealias ID = FunctionRuntime.ID<Participant>

    public var id: ID
    public var userId: Account.ID
    public var username: String?
    public var email: String
    public var displayName: String?
    public var teamName: String?
    public var school: String?
    public var startingBalance: Money
    public var cashBalance: Money
    /// Cash, and shares at their present prices.
    public var portfolioValue: Money
    public var days: Int
    public var brokers: Int
    public var active: Bool
    public var createdAt: Timestamp
    public var updatedAt: Timestamp

    /// The columns of a participant, where the view is called `p`.
    public static var columns: SQL {
        """
        p.id, p.user_id, p.username, p.email, p.display_name, p.team_name, p.school,
        p.starting_balance, p.cash_balance, p.portfolio_value, p.days, p.brokers, p.active,
        p.created_at, p.updated_at
        """
    }
}

/// A username: 3 to 50 letters, digits, dots, hyphens or underscores, in lower case.
///
/// It is what stands before `@brainstorm.local` in an e-mail address.
public struct Username: Codable, Sendable {
    public let value: String

    public init(from decoder: any Decoder) throws {
        value = try decoder.constrained(
            Schema(type: "string", pattern: "^[A-Za-z0-9._-]{3,50}$"), placeholder: ""
        ) { json in
            guard let text = json.text, (3...50).contains(text.utf8.count),
                text.utf8.allSatisfy({ Self.characters.contains($0) })
            else {
                throw Violation("Must be 3 to 50 letters, digits, dots, hyphens or underscores.")
            }
            return text.lowercased()
        }
    }

    public func encode(to encoder: any Encoder) throws {
        try value.encode(to: encoder)
    }

    private static let characters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-".utf8
}
