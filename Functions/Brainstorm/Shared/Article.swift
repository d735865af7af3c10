public import FunctionPostgres
public import FunctionRuntime

/// A published article, as its reader may see it: a row of the view `readable_news`.
public struct Article: Codable, Sendable {
    public var id: News.ID
    public var title: String
    /// Nil where it must be bought first.
    public var content: String?
    public var type: News.Kind
    public var price: Money
    public var readable: Bool
    public var publishedAt: Timestamp

    /// The columns of an article, where the view is called `n`.
    public static var columns: SQL {
        "n.id, n.title, n.content, n.type, n.price, n.readable, n.published_at"
    }
}
