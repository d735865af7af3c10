public import FunctionPostgres
public import FunctionRuntime

/// An article, as admins write it.
public struct News: Codable, Sendable {
    public typealias ID = FunctionRuntime.ID<News>

    public enum Kind: String, Codable, CaseIterable, Sendable, SQLBindable {
        case free
        case paid
    }

    public var id: ID
    public var title: String
    public var content: String
    public var type: Kind
    public var price: Money
    public var publishedAt: Timestamp?
    public var createdAt: Timestamp
    public var updatedAt: Timestamp

    /// The columns of an article, where the table is called `n`.
    public static var columns: SQL {
        "n.id, n.title, n.content, n.type, n.price, n.published_at, n.created_at, n.updated_at"
    }
}

extension News.Kind {
    /// The kind that is meant by what is given: without a type, what has a price is paid.
    ///
    /// - Throws: 400 where a price is given for what is free.
    public static func meant(type: News.Kind?, price: Money?) throws -> News.Kind? {
        let hasPrice = price.map { $0.units > 0 } ?? false
        guard type != .free || !hasPrice else {
            throw Failure.invalid([.init(path: "price", message: "A free article has no price.")])
        }
        return type ?? (hasPrice ? .paid : nil)
    }
}
