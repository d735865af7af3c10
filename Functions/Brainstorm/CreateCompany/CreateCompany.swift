import Brainstorm
import BrainstormLive
import FunctionCache
import FunctionHTTP
import FunctionPostgres
import FunctionRuntime

/// Adds a company, which can be traded as soon as it has a price.
///
/// For admins. The change is audited, and a first price begins the price history.
@main
struct CreateCompany: BrainstormFunction {
    static let route = Route.post("/api/admin/companies")

    var database = Database.brainstorm
    var cache = Cache()
    var publisher = Publisher()

    struct Input: Decodable {
        var name: Text<1, 200>
        var ticker: Ticker
        var description: Text<0, 5000>?
        var location: Text<0, 200>?
        var currentPrice: Amount<1, 9>?
        var previousPrice: Amount<1, 9>?
        var marketCap: Amount<0, 15>?
        var financials: Company.Financials?
    }

    typealias Output = Company

    func handle(_ request: Request) throws -> Response {
        let caller = try request.caller(.admin)
        let input = try request.json(as: Input.self)

        let company = try database.row(
            """
            INSERT INTO companies AS c (
                name, ticker, description, location, current_price, previous_price, market_cap,
                financials, created_at, updated_at)
            VALUES (
                \(input.name), \(input.ticker.value), \(input.description), \(input.location),
                \(input.currentPrice), \(input.previousPrice), \(input.marketCap),
                \(try input.financials.map(JSON.init(encoding:))), \(request.time), \(request.time))
            RETURNING \(Company.columns)
            """, as: Company.self, after: caller)
        Live.relay(database, cache, publisher, at: request.time)
        return try .json(company, status: 201)
    }
}
