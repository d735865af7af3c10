public import FunctionPostgres
public import FunctionRuntime

/// A company whose shares are traded.
public struct Company: Codable, Sendable {
    public typealias ID = FunctionRuntime.ID<Company>

    /// Yearly figures, as an admin enters them.
    public struct Financials: Codable, Sendable {
        public var revenue: Money?
        public var profit: Money?
        /// Percent.
        public var growth: Fixed<2>?
        /// Percent.
        public var marketShare: Fixed<2>?
    }

    public var id: ID
    public var name: String
    public var ticker: String
    public var description: String?
    public var location: String?
    public var financials: Financials?
    public var currentPrice: Money?
    public var previousPrice: Money?
    public var changePercent: Fixed<2>?
    public var marketCap: Money?
    public var active: Bool
    public var createdAt: Timestamp
    public var updatedAt: Timestamp

    /// The columns of a company, where the table is called `c`.
    public static var columns: SQL {
        """
        c.id, c.name, c.ticker, c.description, c.location, c.financials, c.current_price,
        c.previous_price, round((c.current_price / c.previous_price - 1) * 100, 2) AS change_percent,
        c.market_cap, c.active, c.created_at, c.updated_at
        """
    }
}

/// A ticker: 1 to 10 capital letters, digits or dots.
public struct Ticker: Codable, Sendable {
    public let value: String

    public init(from decoder: any Decoder) throws {
        value = try decoder.constrained(
            Schema(type: "string", pattern: "^[A-Z0-9.]{1,10}$"), placeholder: ""
        ) { json in
            guard let text = json.text, (1...10).contains(text.utf8.count),
                text.utf8.allSatisfy({ "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.".utf8.contains($0) })
            else { throw Violation("Must be 1 to 10 capital letters, digits or dots.") }
            return text
        }
    }

    public func encode(to encoder: any Encoder) throws {
        try value.encode(to: encoder)
    }
}
