import FunctionRuntime
import Testing

@testable import FunctionPostgres

/// What the runner's migrations use.
@Suite struct ConnectionTests {
    let connection: Connection

    init() throws {
        connection = try Connection(Cluster.shared.get().address)
    }

    struct Row: Decodable, Equatable {
        var n: Int
    }

    @Test func `a script is many statements, all or none`() throws {
        try connection.execute(
            "CREATE TABLE scripted (n int);\nINSERT INTO scripted VALUES (1), (2);")
        #expect(
            try connection.rows("SELECT n FROM scripted ORDER BY n", as: Row.self)
                == [Row(n: 1), Row(n: 2)])
        #expect(throws: ScriptError.self) {
            try connection.execute("DELETE FROM scripted; SELECT 1 / 0;")
        }
        #expect(try connection.run("UPDATE scripted SET n = 0") == 2)
    }

    @Test func `a fault in a script has its line`() throws {
        let error = #expect(throws: ScriptError.self) {
            try connection.execute("SELECT 1;\n-- ünïcödé 🐦\n\nSELECT nothing;\nSELECT 2;")
        }
        #expect(error?.line == 4)
        #expect(error?.description.hasPrefix("Line 4: ERROR 42703: ") == true)
    }

    @Test func `scripts and statements share a transaction`() throws {
        try connection.execute("BEGIN")
        try connection.run("CREATE TABLE shared_one (n int)")
        try connection.execute("INSERT INTO shared_one VALUES (1); ROLLBACK;")
        #expect(throws: SQLError.self) { try connection.run("SELECT FROM shared_one") }
    }

    @Test func `a database can be created, which no transaction allows`() throws {
        try connection.run("CREATE DATABASE \(identifier: "odd \"name")")
        try connection.run("DROP DATABASE \(identifier: "odd \"name")")
    }

    @Test func `a script may be empty, or ask for what does not work`() throws {
        try connection.execute("-- nothing")
        try connection.execute("")
        #expect(throws: (any Error).self) { try connection.execute("COPY pg_class TO STDOUT") }
    }
}
