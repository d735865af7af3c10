public import FunctionPostgres
public import FunctionRuntime

/// What a participant prefers: a row of the view `own_preferences`.
public struct Preferences: Codable, Sendable {
    public enum Risk: String, Codable, CaseIterable, Sendable, SQLBindable {
        case low
        case medium
        case high
    }

    public var notificationsEnabled: Bool
    public var riskTolerance: Risk
    public var autoInvest: Bool

    /// The names of its columns.
    public static var columns: SQL { "notifications_enabled, risk_tolerance, auto_invest" }
}

extension Failure {
    /// 404: an admin who takes no part in the game, too, has nothing of a participant's.
    public static var noProfile: Failure { .notFound("You have no participant's profile.") }
}
