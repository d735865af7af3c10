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
