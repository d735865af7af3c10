import FunctionPostgres
import FunctionRuntime
import Testing

/// Values go to PostgreSQL and come back as they were.
@Suite struct ValueTests {
    let database: Database

    init() throws {
        let cluster = try Cluster.shared.get()
        database = Database("test") { cluster.address }
    }

    @Test(arguments: [
        "", "plain", "'; DROP TABLE item; --", #"\'; SELECT 1"#, "$1", "\"quoted\"",
        "Ünïcödé 🐦 עברית",
        "line\nbreak\ttab\r", "NULL", "%s %d \\x00", "\u{10FFFF}",
    ])
    func `texts are data whatever they contain`(text: String) throws {
        #expect(try database.value("SELECT \(text)", as: String.self) == text)
        #expect(
            try database.value("SELECT \([text, text])::text[]", as: [String].self) == [text, text])
        let json = JSON.object([.init(text, .string(text))])
        #expect(try database.value("SELECT \(json)", as: JSON.self) == json)
        #expect(try database.value("SELECT \(json) ->> \(text)", as: String.self) == text)
    }

    @Test func `an identifier is a name whatever it contains`() throws {
        struct Row: Decodable {
            var x: Int
        }
        let name = #"x"; DROP TABLE "item"#
        let row = try database.row(
            """
            SELECT \(identifier: name) AS x
            FROM (VALUES (1)) AS t (\(identifier: name))
            """, as: Row.self)
        #expect(row?.x == 1)
    }

    @Test(arguments: [Int64.min, -1, 0, 1, .max])
    func `whole numbers`(number: Int64) throws {
        #expect(try database.value("SELECT \(number)::bigint", as: Int64.self) == number)
        #expect(try database.value("SELECT \([number])::bigint[]", as: [Int64].self) == [number])
        #expect(try database.value("SELECT \(number)::numeric", as: Int64.self) == number)
    }

    @Test(arguments: [0, -0.1, 1.0 / 3, .greatestFiniteMagnitude, .leastNonzeroMagnitude])
    func `floating point, to the last bit`(number: Double) throws {
        #expect(try database.value("SELECT \(number)::float8", as: Double.self) == number)
    }

    @Test func `what is not finite comes back`() throws {
        #expect(
            try database.value("SELECT \(-Double.infinity)::float8", as: Double.self) == -.infinity)
        #expect(try database.value("SELECT \(Double.nan)::float8", as: Double.self).isNaN)
    }

    @Test func `money, exactly`() throws {
        let price = try #require(Money("-12345678901234.05"))
        #expect(try database.value("SELECT \(price)::numeric(20, 2)", as: Money.self) == price)
        #expect(try database.value("SELECT \(price)::numeric * 1", as: Money.self) == price)
    }

    @Test func `booleans`() throws {
        #expect(try database.value("SELECT \(true)::bool AND NOT \(false)::bool", as: Bool.self))
        #expect(
            try database.value("SELECT \([true, nil])::bool[]", as: [Bool?].self) == [true, nil])
    }

    @Test(arguments: [
        "2026-11-21T03:08:53.123456Z", "1969-12-31T23:59:59.999999Z", "0001-01-01T00:00:00.000000Z",
    ])
    func `times, to the microsecond`(text: String) throws {
        let time = try #require(Timestamp(text))
        #expect(try database.value("SELECT \(time)::timestamptz", as: Timestamp.self) == time)
    }

    @Test func `times, whatever the zone they are printed in`() throws {
        let time = try #require(Timestamp("2026-11-21T03:08:53.123456Z"))
        let zoned = try database.transaction { db in
            try db.run("SET LOCAL TIME ZONE 'Asia/Kathmandu'")
            return try db.value("SELECT \(time)::timestamptz", as: Timestamp.self)
        }
        #expect(zoned == time)
    }

    @Test func `identifiers of entities`() throws {
        let id = try #require(ID<Int>("0190163D-8694-739B-AEA5-966C26F8AD91"))
        #expect(try database.value("SELECT \(id)::uuid", as: ID<Int>.self) == id)
        #expect(try database.value("SELECT \(id)::uuid = ANY(\([id]))", as: Bool.self))
    }

    @Test func `bytes, every one of them`() throws {
        let bytes = Array(UInt8.min...UInt8.max)
        #expect(try database.value("SELECT \(bytes)", as: [UInt8].self) == bytes)
        #expect(try database.value("SELECT length(\(bytes))", as: Int.self) == 256)
        #expect(try database.value("SELECT \([bytes])::bytea[]", as: [[UInt8]].self) == [bytes])
        #expect(try database.value("SELECT \([UInt8]())", as: [UInt8].self) == [])
    }

    @Test func `JSON keeps its kinds`() throws {
        let json: JSON = ["a": [1, .number("2.50"), "x", nil, true], "b": .object([])]
        #expect(try database.value("SELECT \(json)", as: JSON.self) == json)
        #expect(try database.value("SELECT \(json)::json", as: JSON.self) == json)
        #expect(try database.value("SELECT \([json])::jsonb[]", as: [JSON].self) == [json])
        #expect(try database.value("SELECT \(JSON.null) IS NULL", as: Bool.self) == false)
    }

    @Test func `NULL is nil`() throws {
        #expect(try database.value("SELECT \(Int?.none)::int", as: Int?.self) == nil)
        #expect(try database.value("SELECT \(String?.none)::text IS NULL", as: Bool.self))
        #expect(try database.value("SELECT \([UInt8]?.none)::bytea", as: [UInt8]?.self) == nil)
    }

    @Test func `arrays that PostgreSQL made itself`() throws {
        #expect(try database.value("SELECT '{}'::int[]", as: [Int].self) == [])
        #expect(
            try database.value("SELECT '{{1,2},{3,4}}'::int[]", as: [[Int]].self) == [
                [1, 2], [3, 4],
            ])
        #expect(
            try database.value("SELECT '[0:1]={a,b}'::text[]", as: [String].self) == ["a", "b"])
        #expect(
            try database.value("SELECT ARRAY['NULL', NULL, '', 'a,b', '{}']", as: [String?].self)
                == ["NULL", nil, "", "a,b", "{}"])
    }

    @Test func `constrained inputs bind as what they hold`() throws {
        struct Input: Decodable {
            var title: Text<1, 20>
            var count: Whole<1, 10>
            var price: Amount<1, 4>
            var email: Email
        }
        let input = try JSON(
            parsing: #"{"title": "a 'b'", "count": 3, "price": "9.99", "email": "A@b.cd"}"#
        ).decode(as: Input.self)
        let text = try database.value(
            """
            SELECT concat_ws('|', \(input.title)::text, \(input.count)::int,
                \(input.price)::numeric, \(input.email)::text)
            """, as: String.self)
        #expect(text == "a 'b'|3|9.99|a@b.cd")
    }

    @Test func `a text with a zero character is the caller's fault`() throws {
        let failure = #expect(throws: Failure.self) { try database.run("SELECT \("a\0b")") }
        #expect(failure?.status == 400)
        #expect(try database.value("SELECT 1", as: Int.self) == 1)
    }
}
