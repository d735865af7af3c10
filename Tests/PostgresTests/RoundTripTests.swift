import FunctionPostgres
import FunctionRuntime
import Testing

/// The very statements that are sent, and what is sent together.
@Suite struct RoundTripTests {
    let proxy: Proxy
    let database: Database

    init() throws {
        let cluster = try Cluster.shared.get()
        let proxy = try Proxy(to: cluster)
        self.proxy = proxy
        database = Database("test") { cluster.address(at: proxy.folder) }
        try database.run("SELECT 'warm'")
        _ = proxy.takeTrips()
    }

    @Test func `a statement takes one round trip, settings and all`() throws {
        defer { proxy.stop() }
        _ = try database.value(
            "SELECT \(1)::int", as: Int.self, after: .settings(["app.a": 1]), "SELECT \(2)")
        #expect(
            proxy.takeTrips() == [
                [
                    "BEGIN", "SELECT set_config($1, $2, true)", "SELECT $1", "SELECT $1::int",
                    "COMMIT",
                ]
            ])
    }

    @Test func `a transaction opens with its first statement`() throws {
        defer { proxy.stop() }
        try database.transaction(after: .settings(["app.a": 1]), isolation: .serializable) { db in
            try db.run("SELECT 'first'")
            try db.run("SELECT 'second'")
        }
        #expect(
            proxy.takeTrips() == [
                [
                    "BEGIN ISOLATION LEVEL SERIALIZABLE", "SELECT set_config($1, $2, true)",
                    "SELECT 'first'",
                ],
                ["SELECT 'second'"], ["COMMIT"],
            ])
    }

    @Test func `a body that throws before its first statement sends nothing`() throws {
        defer { proxy.stop() }
        #expect(throws: Failure.self) {
            try database.transaction { _ in throw Failure.forbidden("No.") }
        }
        #expect(proxy.takeTrips() == [])
    }

    @Test func `an error costs one more trip, to roll back`() throws {
        defer { proxy.stop() }
        #expect(throws: SQLError.self) { try database.run("SELECT 1 / 0") }
        #expect(proxy.takeTrips() == [["BEGIN", "SELECT 1 / 0", "COMMIT"], ["ROLLBACK"]])
    }

    @Test func `a connection that breaks at COMMIT is reported, and nothing is sent twice`() throws
    {
        defer { proxy.stop() }
        try database.run("CREATE TABLE booked (n int)")
        proxy.swallowNextAnswer()
        let failure = #expect(throws: Failure.self) {
            try database.run("INSERT INTO booked VALUES (1)")
        }
        #expect(failure?.status == 503)
        #expect(failure?.code == "database-unavailable")
        #expect(try database.value("SELECT count(*) FROM booked", as: Int.self) == 1)
    }
}
