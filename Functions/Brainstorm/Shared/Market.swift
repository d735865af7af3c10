public import FunctionPostgres
public import FunctionRuntime

/// The market's state and settings, as admins see them: the row of the view `market_state`.
public struct Market: Codable, Sendable {
    public enum Status: String, Codable, CaseIterable, Sendable {
        case open
        case closed
    }

    public var status: Status
    public var day: Int?
    public var startedAt: Timestamp?
    /// When it was closed, or while it is open when it is to be.
    public var endsAt: Timestamp?
    public var serverTime: Timestamp
    public var tradingEnabled: Bool
    public var brokerFeePercent: Fixed<2>
    public var maxOrderQuantity: Int
    public var timezone: String
    /// When a day ends by itself, in the time zone, such as `16:00`; nil where an admin ends it.
    public var closingTime: String?

    /// The names of its columns.
    public static var columns: SQL {
        """
        status, day, started_at, ends_at, server_time, trading_enabled, broker_fee_percent,
        max_order_quantity, timezone, closing_time
        """
    }
}
