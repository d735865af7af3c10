public import FunctionPostgres
public import FunctionRuntime

/// One purchase or sale of shares: a row of the table `transactions`.
public struct Trade: Codable, Sendable {
    public typealias ID = FunctionRuntime.ID<Trade>

    public enum Kind: String, Codable, CaseIterable, Sendable, SQLBindable {
        case buy
        case sell
    }

    public var id: ID
    public var companyId: Company.ID
    public var ticker: String
    public var type: Kind
    public var quantity: Int
    public var price: Money
    public var total: Money
    public var fee: Money
    public var status: String
    public var marketDay: Int?
    public var createdAt: Timestamp

    /// The columns of a trade, where a row of the view `trades` or of `place_order` is called `t`.
    public static var columns: SQL {
        """
        t.id, t.company_id, t.ticker, t.type, t.quantity, t.price, t.total, t.fee, t.status,
        t.market_day, t.created_at
        """
    }
}

extension Request {
    /// The key under which the caller may send the same change again (draft-ietf-httpapi-
    /// idempotency-key-header); nil where he gives none.
    ///
    /// - Throws: 400 where it has more than 255 characters.
    public func idempotencyKey() throws -> String? {
        guard let key = headers["idempotency-key"], !key.isEmpty else { return nil }
        guard key.utf8.count <= 255 else {
            throw Failure.badRequest("An Idempotency-Key has at most 255 characters.")
        }
        return key
    }
}
