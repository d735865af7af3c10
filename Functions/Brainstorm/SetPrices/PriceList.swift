import Brainstorm
import BrainstormFiles
import FunctionRuntime
import FunctionTables

/// Prices as an admin sends them, good and bad.
struct PriceList {
    /// What an entry must be.
    private struct Price: Decodable {
        var ticker: Ticker
        var price: Amount<1, 9>
    }

    /// A good entry.
    struct Entry: Encodable {
        /// In a file as spreadsheets count, the header being 1; in JSON from 1.
        var row: Int
        var ticker: String
        var price: Money
    }

    /// An entry that sets no price.
    struct Problem: Codable {
        var row: Int
        var ticker: String?
        var error: String
    }

    /// More are more than a market has.
    private static let limit = 1000
    private static let columns = ["ticker", "price"]

    private(set) var entries: [Entry] = []
    private(set) var problems: [Problem] = []

    /// - Throws: 400 where it is no such list, 413 where it is too long, 415 where it is none of JSON,
    ///   CSV and a form.
    init(in request: Request) throws {
        let type = (request.headers["content-type"] ?? "").lowercased().prefix { $0 != ";" }
        switch type {
        case "multipart/form-data": try read(try Upload(in: request).table())
        case "text/csv": try read(try Upload(csv: request.body).table())
        default:
            let prices = try request.json(as: SetPrices.Input.self).prices
            try limit(prices.count)
            for (index, price) in prices.enumerated() { read(price, row: index + 1) }
        }
    }

    private mutating func read(_ table: Table) throws {
        let header = table.header(knowing: Self.columns)
        let places = Self.columns.compactMap { header.firstIndex(of: $0) }
        guard places.count == 2, header.count(where: Self.columns.contains) == 2 else {
            throw Failure.badRequest(
                "The first line must name the columns ticker and price, each once.")
        }
        try limit(table.rows.count - 1)
        for row in table.rows.dropFirst() {
            let cells = places.map { $0 < row.fields.count ? row.fields[$0] : "" }
            let members = zip(Self.columns, cells).filter { !$1.isEmpty }
            read(.object(members.map { JSON.Member($0, .string($1)) }), row: row.number)
        }
    }

    private func limit(_ count: Int) throws {
        guard count <= Self.limit else {
            throw Failure(
                413, "content-too-large",
                "The list has \(count) prices; it may have \(Self.limit).")
        }
    }

    private mutating func read(_ json: JSON, row: Int) {
        do {
            let price = try json.decode(as: Price.self, lenient: true)
            let ticker = price.ticker.value
            guard !entries.contains(where: { $0.ticker == ticker }) else {
                let words = "The list has another price for \(ticker) before."
                problems.append(Problem(row: row, ticker: ticker, error: words))
                return
            }
            entries.append(Entry(row: row, ticker: ticker, price: price.price.value))
        } catch {
            let details = (error as? Failure)?.details ?? []
            let words = details.map { $0.path.isEmpty ? $0.message : "\($0.path): \($0.message)" }
            problems.append(
                Problem(row: row, ticker: json["ticker"]?.text, error: words.joined(separator: " "))
            )
        }
    }

    /// Turns into problems those that no company has taken.
    mutating func keep(only tickers: Set<String>) {
        for entry in entries where !tickers.contains(entry.ticker) {
            problems.append(
                Problem(
                    row: entry.row, ticker: entry.ticker,
                    error: "No company has the ticker \(entry.ticker)."))
        }
        entries.removeAll { !tickers.contains($0.ticker) }
        problems.sort { $0.row < $1.row }
    }
}
