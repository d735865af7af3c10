import FunctionPostgres
import FunctionRuntime
import Testing

@Suite struct VerbTests {
    let database: Database

    init() throws {
        let cluster = try Cluster.shared.get()
        database = Database("test") { cluster.address }
    }

    struct Item: Decodable, Equatable {
        var id: Int
        var shortName: String?
        var price: Money
        var isSold: Bool
        var madeAt: Timestamp
    }

    @Test func `rows become values by the names of their columns`() throws {
        let items = try database.rows(
            """
            SELECT id, NULLIF('name ' || id, 'name 2') AS short_name, 1.5::numeric AS price,
                id > 1 AS is_sold, to_timestamp(id) AS made_at
            FROM generate_series(1, 2) AS id
            """, as: Item.self)
        let price = Money(units: 150)
        #expect(
            items == [
                Item(
                    id: 1, shortName: "name 1", price: price, isSold: false,
                    madeAt: Timestamp(milliseconds: 1000)),
                Item(
                    id: 2, shortName: nil, price: price, isSold: true,
                    madeAt: Timestamp(milliseconds: 2000)),
            ])
    }

    @Test func `ten thousand rows`() throws {
        struct Row: Decodable {
            var n: Int
            var text: String
        }
        let rows = try database.rows(
            "SELECT n, repeat('x', n % 50) AS text FROM generate_series(1, 10000) AS n",
            as: Row.self)
        #expect(rows.count == 10_000)
        #expect(rows.last?.n == 10_000)
        #expect(rows.map(\.n).reduce(0, +) == 50_005_000)
        #expect(rows[48].text.count == 49)
    }

    @Test func `a megabyte goes in and comes out`() throws {
        let text = String(repeating: "abcdefgh", count: 1 << 17)
        #expect(try database.value("SELECT \(text)", as: String.self) == text)
    }

    @Test func `a row is one or none`() throws {
        struct Row: Decodable {
            var n: Int
        }
        #expect(try database.row("SELECT 1 AS n", as: Row.self)?.n == 1)
        #expect(try database.row("SELECT 1 AS n WHERE false", as: Row.self) == nil)
        #expect(throws: SQLError.self) {
            try database.row("SELECT n FROM generate_series(1, 2) AS n", as: Row.self)
        }
    }

    @Test func `the only row is there`() throws {
        #expect(try database.only("SELECT 1", as: Int.self) == 1)
        #expect(throws: SQLError.self) { try database.only("SELECT 1 WHERE false", as: Int.self) }
        let within = try database.transaction { try $0.only("SELECT 2", as: Int.self) }
        #expect(within == 2)
    }

    @Test func `a value is of one row, or nil where the type allows`() throws {
        #expect(try database.value("SELECT 5, 6", as: Int.self) == 5)
        #expect(try database.value("SELECT 5 WHERE false", as: Int?.self) == nil)
        #expect(throws: SQLError.self) { try database.value("SELECT 5 WHERE false", as: Int.self) }
        #expect(throws: SQLError.self) { try database.value("SELECT NULL::int", as: Int.self) }
        #expect(throws: SQLError.self) { try database.value("SELECT", as: Int.self) }
        #expect(throws: SQLError.self) {
            try database.value("SELECT generate_series(1, 2)", as: Int.self)
        }
    }

    @Test func `run says how many rows it changed`() throws {
        try database.run("CREATE TABLE counted (n int)")
        #expect(try database.run("INSERT INTO counted SELECT generate_series(1, 5)") == 5)
        #expect(try database.run("UPDATE counted SET n = 0 WHERE n > \(3)") == 2)
        #expect(try database.run("DELETE FROM counted WHERE n > \(100)") == 0)
    }

    @Test func `a row that does not decode is our fault, and names the column`() throws {
        let error = #expect(throws: SQLError.self) {
            try database.rows(
                """
                SELECT 1 AS id, 'secret' AS price, true AS is_sold, now() AS made_at
                """, as: Item.self)
        }
        let text = String(describing: try #require(error))
        #expect(text.contains("price"))
        #expect(!text.contains("id ("))
        #expect(error?.failure() == nil)
    }

    @Test func `a column that no field wants is passed over`() throws {
        struct Row: Decodable {
            var a: Int
        }
        #expect(try database.row("SELECT 1 AS a, 2 AS b_c", as: Row.self)?.a == 1)
    }

    @Test func `settings hold for the statement and are gone after it`() throws {
        let setting: SQL = "SELECT NULLIF(current_setting('app.user_id', true), '')"
        let value = try database.value(
            setting, as: String?.self, after: .settings(["app.user_id": "ada", "app.x": 1]))
        #expect(value == "ada")
        #expect(try database.value(setting, as: String?.self) == nil)
        let within = try database.transaction(after: .settings(["app.user_id": "eve"])) { db in
            try db.value(setting, as: String?.self)
        }
        #expect(within == "eve")
        #expect(try database.value(setting, as: String?.self) == nil)
    }

    @Test func `what stands first may refuse, and then nothing else happened`() throws {
        try database.run("CREATE TABLE guarded (n int)")
        #expect(throws: SQLError.self) {
            try database.run("INSERT INTO guarded VALUES (1)", after: "SELECT 1 / 0")
        }
        #expect(throws: SQLError.self) {
            try database.transaction(after: "SELECT 1 / 0") {
                try $0.run("INSERT INTO guarded VALUES (1)")
            }
        }
        #expect(throws: SQLError.self) { try database.transaction(after: "SELECT 1 / 0") { _ in } }
        #expect(try database.value("SELECT count(*) FROM guarded", as: Int.self) == 0)
    }

    @Test func `a missing address names the variable`() throws {
        let database = Database("nowhere-at-all")
        let error = #expect(throws: MissingVariable.self) { try database.run("SELECT 1") }
        #expect(error?.description.contains("DATABASE_URL") == true)
    }

    @Test func `the description is a database with its name`() {
        #expect(Database("desk").binding == BindingDescription(kind: "database", name: "desk"))
    }
}
