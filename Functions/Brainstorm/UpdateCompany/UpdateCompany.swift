import Brainstorm
import BrainstormLive
import FunctionCache
import FunctionHTTP
import FunctionPostgres
import FunctionRuntime

/// Changes what is given of a company, and leaves the rest.
///
/// For admins. A new price moves the old one to `previousPrice`, unless that changes too.
@main
struct UpdateCompany: BrainstormFunction {
    static let route = Route.put("/api/admin/companies/{id}")

    var database = Database.brainstorm
    var cache = Cache()
    var publisher = Publisher()

    struct Input: Decodable {
        var name: Text<1, 200>?
        var ticker: Ticker?
        var description: Text<0, 5000>?
        var location: Text<0, 200>?
        var currentPrice: Amount<1, 9>?
        var previousPrice: Amount<1, 9>?
        var marketCap: Amount<0, 15>?
        var financials: Company.Financials?
        var active: Bool?
    }

    typealias Output = Company

    func handle(_ request: Request) throws -> Response {
        let caller = try request.caller(.admin)
        let id = try request.path("id", as: Company.ID.self)
        let input = try request.json(as: Input.self)

        let company = try database.row(
            """
            UPDATE companies AS c SET
                name = coalesce(\(input.name), c.name),
                ticker = coalesce(\(input.ticker?.value), c.ticker),
                description = coalesce(\(input.description), c.description),
                location = coalesce(\(input.location), c.location),
                current_price = coalesce(\(input.currentPrice), c.current_price),
                previous_price = coalesce(\(input.previousPrice), c.previous_price),
                market_cap = coalesce(\(input.marketCap), c.market_cap),
                financials = coalesce(
                    \(try input.financials.map(JSON.init(encoding:))), c.financials),
                active = coalesce(\(input.active), c.active)
            WHERE c.id = \(id)
            RETURNING \(Company.columns)
            """, as: Company.self, after: caller)
        guard let company else { throw Failure.notFound("No company has the id \(id).") }
        Live.relay(database, cache, publisher, at: request.time)
        return try .json(company)
    }
}
