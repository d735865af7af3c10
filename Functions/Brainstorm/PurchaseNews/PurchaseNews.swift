import Brainstorm
import FunctionPostgres
import FunctionRuntime

/// Buys a paid article, so that the caller may read it.
///
/// For participants. What it costs leaves the caller's cash in the same transaction.
@main
struct PurchaseNews: BrainstormFunction {
    static let route = Route.post("/api/news/{id}/purchase")

    var database = Database.brainstorm

    struct Output: Codable {
        var newsId: News.ID
        var price: Money
        /// What the caller has left.
        var cash: Money
    }

    func handle(_ request: Request) throws -> Response {
        let caller = try request.caller(.participant)
        let id = try request.path("id", as: News.ID.self)

        let purchase = try database.only(
            "SELECT news_id, price, cash FROM purchase_news(\(id))",
            as: Output.self, after: caller)
        return try .json(purchase, status: 201)
    }
}
