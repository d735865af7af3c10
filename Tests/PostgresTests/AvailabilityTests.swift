import CPostgres
import FunctionRuntime
import Testing

@testable import FunctionPostgres

/// What happens when the server goes and comes back.
@Suite struct AvailabilityTests {
    @Test func `a restart between requests is not seen`() throws {
        let cluster = try Cluster()
        let database = Database("test") { cluster.address }
        try database.run("CREATE TABLE kept AS SELECT 1 AS n")
        for _ in 1...2 {
            try cluster.stop()
            try cluster.start()
            #expect(try database.value("SELECT n FROM kept", as: Int.self) == 1)
            try cluster.stop()
            try cluster.start()
            try database.transaction { try $0.run("UPDATE kept SET n = 1") }
        }
    }

    @Test func `while the server is away the answer is 503, and then all is well`() throws {
        let cluster = try Cluster()
        let database = Database("test") { cluster.address }
        try database.run("SELECT 1")
        try cluster.stop()
        for _ in 1...2 {
            let failure = #expect(throws: Failure.self) { try database.run("SELECT 1") }
            #expect(failure?.status == 503)
            #expect(failure?.code == "database-unavailable")
            #expect(failure?.headers["retry-after"] == "1")
        }
        try cluster.start()
        #expect(try database.value("SELECT 1", as: Int.self) == 1)
    }

    @Test func `a connection that the server ends in mid-request is 503, the next is served`()
        throws
    {
        let cluster = try Cluster.shared.get()
        let database = Database("test") { cluster.address }
        for _ in 1...2 {
            let failure = #expect(throws: Failure.self) {
                try database.run("SELECT pg_terminate_backend(pg_backend_pid())")
            }
            #expect(failure?.code == "database-unavailable")
            #expect(try database.value("SELECT 1", as: Int.self) == 1)
        }
        let failure = #expect(throws: Failure.self) {
            try database.transaction { db in
                try db.run("SELECT 1")
                _ = try? db.run("SELECT pg_terminate_backend(pg_backend_pid())")
                try db.run("SELECT 1")
            }
        }
        #expect(failure?.code == "database-unavailable")
        #expect(try database.value("SELECT 1", as: Int.self) == 1)
    }

    @Test func `a connection that died while idle is replaced unseen`() throws {
        let cluster = try Cluster.shared.get()
        let database = Database("test") { cluster.address }
        let other = Database("other") { cluster.address }
        let before = try database.value("SELECT pg_backend_pid()", as: Int.self)
        #expect(try database.value("SELECT pg_backend_pid()", as: Int.self) == before)
        // Waits up to 5 s until it is gone, and says whether.
        #expect(try other.value("SELECT pg_terminate_backend(\(before)::int, 5000)", as: Bool.self))
        #expect(try database.value("SELECT pg_backend_pid()", as: Int.self) != before)
    }

    @Test(arguments: [
        "postgres://ada:hunter2@127.0.0.1:1/desk", "host=127.0.0.1 port=1 password=hunter2",
        "postgre://ada:hunter2@somewhere/desk", "hunter2",
        "postgres://ada:hunter2@127.0.0.1:port/desk",
    ])
    func `the reason is told without the password`(address: String) throws {
        let error = #expect(throws: SQLError.self) { try Connection(address) }
        let text = String(describing: try #require(error))
        #expect(text.contains("cannot be reached"))
        #expect(!text.contains("hunter2"))
    }

    @Test func `the address has the last word on the timeout`() throws {
        let cluster = try Cluster.shared.get()
        let connection = try Connection(cluster.address + " application_name=me connect_timeout=9")
        #expect(option("connect_timeout", of: connection) == "9")
        let plain = try Connection(cluster.address)
        #expect(option("connect_timeout", of: plain) == "5")
        #expect(option("client_encoding", of: plain) == "UTF8")
    }

    private func option(_ name: String, of connection: Connection) -> String? {
        guard let options = PQconninfo(connection.connection) else { return nil }
        defer { PQconninfoFree(options) }
        var next = options
        while let keyword = next.pointee.keyword {
            if String(cString: keyword) == name {
                return next.pointee.val.map { String(cString: $0) }
            }
            next += 1
        }
        return nil
    }
}
