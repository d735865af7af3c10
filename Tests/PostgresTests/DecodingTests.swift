import FunctionPostgres
import FunctionRuntime
import Testing

/// What a column becomes, and what it refuses to.
@Suite struct DecodingTests {
    let database: Database

    init() throws {
        let cluster = try Cluster.shared.get()
        database = Database("test") { cluster.address }
    }

    enum Side: String, Decodable, CaseIterable {
        case buy, sell
    }

    struct Trade: Decodable, Equatable {
        struct Company: Decodable, Equatable {
            var ticker: String
            var price: Money
        }

        var side: Side
        var company: Company
        var tags: [String]
        var note: String?
        var missing: String?
    }

    @Test func `fields may be enumerations, objects and arrays`() throws {
        let trade = try database.only(
            """
            SELECT ARRAY['a', 'b'] AS tags, NULL AS note, 'sell' AS side,
                jsonb_build_object('ticker', 'APUS', 'price', 1.50) AS company
            """, as: Trade.self)
        let company = Trade.Company(ticker: "APUS", price: Money(units: 150))
        #expect(
            trade
                == Trade(side: .sell, company: company, tags: ["a", "b"], note: nil, missing: nil))
    }

    @Test func `names of columns become names of fields`() throws {
        struct Row: Decodable, Equatable {
            var aLongName: Int
            var x2Y: Int
            var plain: Int
        }
        let row = try database.only(
            "SELECT 1 AS a_long_name, 2 AS x2_y, 3 AS plain", as: Row.self)
        #expect(row == Row(aLongName: 1, x2Y: 2, plain: 3))
    }

    @Test func `a row of one column is also what that column holds`() throws {
        #expect(try database.rows("SELECT generate_series(1, 3)", as: Int.self) == [1, 2, 3])
        #expect(try database.row("SELECT 'sell'", as: Side.self) == .sell)
        #expect(throws: SQLError.self) { try database.rows("SELECT 1, 2", as: Int.self) }
    }

    @Test func `a row may become JSON as it is`() throws {
        let rows = try database.rows(
            "SELECT 1 AS an_int, 1.50 AS amount, true AS yes, NULL AS no, '[1]'::jsonb AS list",
            as: JSON.self)
        #expect(
            rows == [
                .object([
                    .init("anInt", 1), .init("amount", "1.50"), .init("yes", true),
                    .init("no", nil), .init("list", [1]),
                ])
            ])
    }

    @Test func `a type may decode another from the same row`() throws {
        struct Counted: Decodable {
            struct Inner: Decodable {
                var name: String
            }
            enum CodingKeys: CodingKey { case total }
            var inner: Inner
            var total: Int

            init(from decoder: any Decoder) throws {
                inner = try Inner(from: decoder)
                total = try decoder.container(keyedBy: CodingKeys.self)
                    .decode(Int.self, forKey: .total)
            }
        }
        let row = try database.only("SELECT 'x' AS name, count(*) AS total", as: Counted.self)
        #expect(row.inner.name == "x")
        #expect(row.total == 1)
    }

    @Test func `whole numbers keep to their size`() throws {
        #expect(try database.value("SELECT -128", as: Int8.self) == -128)
        #expect(try database.value("SELECT 18446744073709551615", as: UInt64.self) == .max)
        #expect(
            try database.value("SELECT sum(n) FROM generate_series(1, 3) AS n", as: Int.self) == 6)
        #expect(throws: SQLError.self) { try database.value("SELECT 128", as: Int8.self) }
        #expect(throws: SQLError.self) { try database.value("SELECT -1", as: UInt.self) }
        #expect(throws: SQLError.self) { try database.value("SELECT 1.5", as: Int.self) }
        #expect(throws: SQLError.self) { try database.value("SELECT ''", as: Int.self) }
        #expect(throws: SQLError.self) { try database.value("SELECT '-'", as: Int.self) }
        #expect(throws: SQLError.self) {
            try database.value("SELECT 9223372036854775808", as: Int.self)
        }
    }

    struct Wrong: CustomTestStringConvertible {
        var sql: SQL
        var says: String
        var testDescription: String { sql.description }
    }

    static let wrong = [
        Wrong(sql: "SELECT NULL AS n", says: "It is NULL."),
        Wrong(sql: "SELECT 'x' AS n", says: "It is not a whole number."),
        Wrong(sql: "SELECT true AS n", says: "It is not a whole number."),
        Wrong(sql: "SELECT 1 AS m", says: "There is no column for the field n."),
        Wrong(sql: "SELECT '{}'::jsonb AS n", says: "a whole number"),
    ]

    @Test(arguments: wrong) func `what does not decode says why`(_ wrong: Wrong) throws {
        struct Row: Decodable {
            var n: Int
        }
        let error = #expect(throws: SQLError.self) { try database.rows(wrong.sql, as: Row.self) }
        let text = String(describing: try #require(error))
        #expect(text.contains(wrong.says))
        #expect(text.contains("column"))
    }

    @Test func `a case that is none, a bool of text and an array of another type are refused`()
        throws
    {
        #expect(throws: SQLError.self) { try database.value("SELECT 'hold'", as: Side.self) }
        #expect(throws: SQLError.self) { try database.value("SELECT 'true'", as: Bool.self) }
        #expect(throws: SQLError.self) { try database.value("SELECT '{1}'", as: [Int].self) }
        #expect(throws: SQLError.self) { try database.value("SELECT '{1}'", as: Wrapped.self) }
        #expect(throws: SQLError.self) {
            try database.value("SELECT ARRAY[[1], [2]]", as: [Int].self)
        }
    }

    struct Wrapped: Decodable {
        var x: Int
    }
}
