public import FunctionPostgres
public import FunctionRuntime

/// A trade as an admin sees it: with the participant whose it is.
public struct TradeForAdmin: Codable, Sendable {
    public var id: Trade.ID
    public var participantId: Participant.ID
    public var displayName: String?
    public var companyId: Company.ID
    public var ticker: String
    public var type: Trade.Kind
    public var quantity: Int
    public var price: Money
    public var total: Money
    public var fee: Money
    public var status: String
    public var marketDay: Int?
    public var createdAt: Timestamp

    /// The columns of a trade and its participant, where a row of the view `trades` is called `t`.
    public static var columns: SQL {
        "\(Trade.columns), t.participant_id, t.display_name"
    }
}
