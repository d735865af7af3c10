import FunctionRuntime
import Testing

@testable import FunctionPostgres

/// What a caller is told of what PostgreSQL refused.
@Suite struct ErrorTests {
    let database: Database

    init() throws {
        let cluster = try Cluster.shared.get()
        database = Database("test", constraints: ["age_sensible": "Nobody is that old."]) {
            cluster.address
        }
        try database.run(
            """
            CREATE TABLE IF NOT EXISTS person (
                id int PRIMARY KEY, name varchar(5) NOT NULL,
                age int CONSTRAINT age_sensible CHECK (age < 150), boss int REFERENCES person)
            """, after: "SELECT pg_advisory_xact_lock(1)")
    }

    struct Case: CustomTestStringConvertible {
        var sql: SQL
        var status: Int
        var code: String
        var testDescription: String { "\(sql) → \(status) \(code)" }
    }

    static let cases = [
        Case(
            sql: "INSERT INTO person VALUES (1, 'a'), (1, 'b')", status: 409, code: "already-exists"
        ),
        Case(
            sql: "INSERT INTO person VALUES (2, 'a', 1, 999)", status: 409,
            code: "reference-conflict"),
        Case(sql: "INSERT INTO person VALUES (3, NULL)", status: 422, code: "constraint-violated"),
        Case(
            sql: "INSERT INTO person VALUES (4, 'a', 200)", status: 422, code: "constraint-violated"
        ),
        Case(sql: "INSERT INTO person VALUES (5, 'too long')", status: 400, code: "invalid-value"),
        Case(sql: "SELECT \("x")::int", status: 400, code: "invalid-value"),
        Case(sql: "SELECT \("99999999999")::int", status: 400, code: "invalid-value"),
        Case(sql: "SELECT \("2026-02-30")::date", status: 400, code: "invalid-value"),
        Case(sql: "SELECT '\\u0000'::jsonb ->> 0", status: 400, code: "invalid-value"),
        Case(sql: raise("28000"), status: 401, code: "unauthorized"),
        Case(sql: raise("42501"), status: 403, code: "forbidden"),
        Case(sql: raise("53300"), status: 503, code: "database-unavailable"),
        Case(sql: raise("08006"), status: 503, code: "database-unavailable"),
        Case(
            sql: raise("AP404", detail: "market-not-found"), status: 404, code: "market-not-found"),
        Case(sql: raise("AP402"), status: 402, code: "refused"),
    ]

    static func raise(_ state: String, detail: String? = nil) -> SQL {
        let detail = detail.map { ", DETAIL = '\($0)'" } ?? ""
        return
            "DO $$ BEGIN RAISE 'Said so.' USING ERRCODE = '\(unsafe: state)'\(unsafe: detail); END $$"
    }

    @Test(arguments: cases) func `what the caller is told`(_ given: Case) throws {
        let failure = #expect(throws: Failure.self) { try database.run(given.sql) }
        #expect(failure?.status == given.status)
        #expect(failure?.code == given.code)
        #expect(failure?.message.contains("person") == false)
        #expect(try database.value("SELECT 1", as: Int.self) == 1)
    }

    @Test(
        arguments: [
            "SELEC", "SELECT missing", "SELECT 1 / 0", "COPY person TO STDOUT", raise("AP200"),
            raise("APXYZ"),
            "SELECT 1; SELECT 2",
        ] as [SQL])
    func `a fault of ours stays an error, and the connection is usable after it`(sql: SQL) throws {
        #expect(throws: SQLError.self) { try database.run(sql) }
        #expect(try database.value("SELECT 1", as: Int.self) == 1)
    }

    @Test func `a constraint's name carries a message`() throws {
        let failure = #expect(throws: Failure.self) {
            try database.run("INSERT INTO person VALUES (6, 'a', 200)")
        }
        #expect(failure?.message == "Nobody is that old.")
    }

    @Test func `what an app raises keeps its message`() throws {
        let failure = #expect(throws: Failure.self) {
            try database.run(Self.raise("AP409", detail: "x"))
        }
        #expect(failure == Failure(409, "x", "Said so."))
    }

    @Test func `what an app raises may say when to try again`() throws {
        let failure = #expect(throws: Failure.self) {
            try database.run(
                "DO $$ BEGIN RAISE 'Slow.' USING ERRCODE = 'AP429', DETAIL = 'slow', HINT = '30'; END $$"
            )
        }
        #expect(failure == Failure(429, "slow", "Slow.", headers: ["retry-after": "30"]))
    }

    @Test func `an error says what, where and in which statement, without the values`() throws {
        let error = #expect(throws: SQLError.self) {
            try database.run("SELECT \("hunter2")::text FROM missing")
        }
        let text = String(reflecting: try #require(error))
        #expect(text.contains("42P01"))
        #expect(text.contains("$1::text FROM missing"))
        #expect(!text.contains("hunter2"))
        #expect(error?.refusal?.position == 22)
    }

    @Test func `what quotes a row is not in an error's text`() throws {
        _ = try? database.transaction { db in
            let error = #expect(throws: SQLError.self) {
                try db.run("INSERT INTO person VALUES (7, \("abcde"), 200)")
            }
            #expect(error?.refusal?.detail?.contains("abcde") == true)
            #expect(!String(reflecting: error).contains("abcde"))
            throw Failure.notFound("Done.")
        }
    }

    @Test func `the first error of a pipeline is the one that is thrown`() throws {
        let failure = #expect(throws: Failure.self) {
            try database.run("SELECT 1 / 0", after: Self.raise("AP401", detail: "who"), "SELEC")
        }
        #expect(failure?.status == 401)
    }
}
