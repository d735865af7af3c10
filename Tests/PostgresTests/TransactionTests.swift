import Foundation
import FunctionPostgres
import FunctionRuntime
import Testing

@Suite struct TransactionTests {
    let database: Database
    let other: Database

    init() throws {
        let cluster = try Cluster.shared.get()
        database = Database("test") { cluster.address }
        other = Database("other") { cluster.address }
    }

    @Test func `what it did is there together or not at all`() throws {
        try database.run("CREATE TABLE pair (n int)")
        try database.transaction { db in
            try db.run("INSERT INTO pair VALUES (1)")
            try db.run("INSERT INTO pair VALUES (2)")
            #expect(try other.value("SELECT count(*) FROM pair", as: Int.self) == 0)
        }
        #expect(try other.value("SELECT count(*) FROM pair", as: Int.self) == 2)
        #expect(throws: Failure.notFound("Not here.")) {
            try database.transaction { db in
                try db.run("DELETE FROM pair")
                throw Failure.notFound("Not here.")
            }
        }
        #expect(try other.value("SELECT count(*) FROM pair", as: Int.self) == 2)
    }

    @Test func `an error that the body swallows is thrown all the same`() throws {
        try database.run("CREATE TABLE swallowed (n int)")
        #expect(throws: SQLError.self) {
            try database.transaction { db in
                try db.run("INSERT INTO swallowed VALUES (1)")
                _ = try? db.run("SELECT 1 / 0")
            }
        }
        #expect(try database.value("SELECT count(*) FROM swallowed", as: Int.self) == 0)
    }

    @Test func `after an error each statement throws the first one again`() throws {
        _ = try? database.transaction { db in
            let first = #expect(throws: SQLError.self) { try db.run("SELECT 1 / 0") }
            let second = #expect(throws: SQLError.self) { try db.run("SELECT 1") }
            #expect(first?.sqlState == "22012")
            #expect(second?.sqlState == "22012")
            throw Failure.conflict("Enough.")
        }
    }

    @Test func `a body may say better what went wrong`() throws {
        #expect(throws: Failure.conflict("Taken.")) {
            try database.transaction { db in
                do {
                    try db.run("SELECT 1 / 0")
                } catch let error as SQLError where error.sqlState == "22012" {
                    throw Failure.conflict("Taken.")
                }
            }
        }
    }

    @Test func `the database itself is not to be used within`() throws {
        try database.run("CREATE TABLE within (n int)")
        #expect(throws: SQLError.self) {
            try database.transaction { db in
                try db.run("INSERT INTO within VALUES (1)")
                try database.run("INSERT INTO within VALUES (2)")
            }
        }
        #expect(try database.value("SELECT count(*) FROM within", as: Int.self) == 0)
    }

    @Test func `a transaction that lost to another runs once more`() throws {
        try database.run("CREATE TABLE counter AS SELECT 0 AS n")
        var attempts = 0
        try database.transaction(isolation: .serializable) { db in
            attempts += 1
            let n = try db.value("SELECT n FROM counter", as: Int.self)
            if attempts == 1 { try other.run("UPDATE counter SET n = n + 10") }
            try db.run("UPDATE counter SET n = \(n + 1)")
        }
        #expect(attempts == 2)
        #expect(try database.value("SELECT n FROM counter", as: Int.self) == 11)
    }

    @Test func `a transaction that loses at COMMIT runs once more`() throws {
        try database.run("CREATE TABLE skew AS SELECT 1 AS n")
        func add(_ database: Database, then: () throws -> Void) throws {
            try database.transaction(isolation: .serializable) { db in
                let sum = try db.value("SELECT sum(n) FROM skew", as: Int.self)
                try db.run("INSERT INTO skew VALUES (\(sum))")
                try then()
            }
        }
        var attempts = 0
        try add(database) {
            attempts += 1
            if attempts == 1 { try add(other) {} }
        }
        #expect(attempts == 2)
        // One after the other: 1, then 1, then 2.
        #expect(try database.value("SELECT sum(n) FROM skew", as: Int.self) == 4)
    }

    @Test func `who loses twice is told to try again`() throws {
        try database.run("CREATE TABLE contended AS SELECT 0 AS n")
        var attempts = 0
        let failure = #expect(throws: Failure.self) {
            try database.transaction(isolation: .repeatableRead) { db in
                attempts += 1
                _ = try db.value("SELECT n FROM contended", as: Int.self)
                try other.run("UPDATE contended SET n = n + 10")
                // The body hides what happened; it is a lost transaction nevertheless.
                do { try db.run("UPDATE contended SET n = 1") } catch {
                    throw Failure.conflict("?")
                }
            }
        }
        #expect(attempts == 2)
        #expect(failure?.status == 503)
        #expect(failure?.code == "write-conflict")
        #expect(failure?.headers["retry-after"] == "1")
        #expect(try database.value("SELECT n FROM contended", as: Int.self) == 20)
    }

    @Test func `a single statement that loses runs once more`() throws {
        try database.run("CREATE SEQUENCE attempt")
        try database.run(
            """
            CREATE FUNCTION lose_once() RETURNS bigint LANGUAGE plpgsql AS $$
            BEGIN
                IF nextval('attempt') = 1 THEN RAISE 'lost' USING ERRCODE = '40001'; END IF;
                RETURN currval('attempt');
            END $$
            """)
        #expect(try database.value("SELECT lose_once()", as: Int.self) == 2)
    }

    /// Adds one to two rows in the given order, meeting the other halfway.
    ///
    /// Who loses awaits the other's end, or the two could meet again.
    private static func addOne(
        to first: Int, then second: Int, in database: Database, locked: DispatchSemaphore,
        otherLocked: DispatchSemaphore, otherDone: DispatchSemaphore
    ) throws {
        var attempts = 0
        try database.transaction { db in
            attempts += 1
            if attempts == 2 { otherDone.wait() }
            try db.run("UPDATE locked SET n = n + 1 WHERE id = \(first)")
            if attempts == 1 {
                locked.signal()
                otherLocked.wait()
            }
            try db.run("UPDATE locked SET n = n + 1 WHERE id = \(second)")
        }
    }

    @Test func `of two in a deadlock one runs once more, and both succeed`() throws {
        try database.run(
            "CREATE TABLE locked AS SELECT id, 0 AS n FROM generate_series(1, 2) AS id")
        let (one, two) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let (oneDone, twoDone) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let joined = DispatchSemaphore(value: 0)
        let cluster = try Cluster.shared.get()
        Thread.detachNewThread {
            let other = Database("other") { cluster.address }
            try? Self.addOne(
                to: 2, then: 1, in: other, locked: two, otherLocked: one, otherDone: oneDone)
            twoDone.signal()
            joined.signal()
        }
        try Self.addOne(
            to: 1, then: 2, in: database, locked: one, otherLocked: two, otherDone: twoDone)
        oneDone.signal()
        joined.wait()
        #expect(try database.value("SELECT array_agg(n) FROM locked", as: [Int].self) == [2, 2])
    }
}
