import FunctionPostgres
import Testing

@testable import LocalRunner
@testable import TestSupport

/// What is done with the SQL files of an app.
@Suite(.withCluster) struct MigrationTests {
    private func refusal(_ work: () throws -> Void) throws -> String {
        try #require(throws: RunnerError.self) { try work() }.description
    }

    private func count(_ table: SQL, in database: AppDatabase) throws -> Int {
        struct Row: Decodable {
            var count: Int
        }
        let rows = try database.connect().rows("SELECT count(*) FROM \(table)", as: Row.self)
        return try #require(rows.first).count
    }

    @Test(arguments: [
        (["0001-a.sql", "0003-c.sql"], "0003-c.sql follows number 1"),
        (["0002-b.sql"], "should have the number 1"),
        (["0001-a.sql", "0001-b.sql"], "have one number"),
        (["1-a.sql"], "is neither a migration"),
        (["0001-.sql"], "is neither a migration"),
        (["0001-a.txt"], "is neither a migration"),
    ])
    func `files that are not numbered as they should be are refused`(
        names: [String], words: String
    ) throws {
        let folder = try TemporaryFolder()
        for name in names { try folder.write("SELECT 1;", to: name) }

        #expect(try refusal { _ = try Migration.all(in: folder.path) }.contains(words))
    }

    @Test func `each is applied once, in order, and then the seed`() throws {
        let (database, files) = try SuiteCluster.database(
            "Ordered",
            [
                "0001-note.sql": "CREATE TABLE note (id integer);",
                "0002-text.sql": "ALTER TABLE note ADD text text;",
                "seed.sql": "INSERT INTO note VALUES (1, 'one');",
            ])

        let first = try database.prepare()
        let second = try database.prepare()
        try files.write("CREATE INDEX ON note (id);", to: "0003-index.sql")
        let third = try database.prepare()

        #expect((first.isNew, first.migrations, first.isSeeded) == (true, 2, true))
        #expect((second.isNew, second.migrations, second.isSeeded) == (false, 0, false))
        #expect((third.isNew, third.migrations, third.isSeeded) == (false, 1, false))
        #expect(try count("note", in: database) == 1)
    }

    @Test func `one that was edited after it was applied is refused`() throws {
        let (database, files) = try SuiteCluster.database(
            "Edited", ["0001-note.sql": "CREATE TABLE note (id integer);"])
        _ = try database.prepare()
        try files.write("CREATE TABLE note (id bigint);", to: "0001-note.sql")

        let refusal = try refusal { _ = try database.prepare() }

        #expect(refusal.contains("0001-note.sql was edited after it was applied"))
        #expect(refusal.contains("local-runner db reset Edited"))
    }

    @Test func `one that is gone or renamed is refused`() throws {
        let (database, files) = try SuiteCluster.database(
            "Gone", ["0001-note.sql": "CREATE TABLE note (id integer);", "0002-more.sql": ""])
        _ = try database.prepare()
        try files.remove("0002-more.sql")

        #expect(
            try refusal { _ = try database.prepare() }.contains("0002-more.sql, which is not in"))

        try files.write("", to: "0002-other.sql")
        #expect(
            try refusal { _ = try database.prepare() }.contains("0002-more.sql, which is not in"))
    }

    @Test func `one that fails leaves nothing behind, and its line is named`() throws {
        let (database, files) = try SuiteCluster.database(
            "Failing",
            [
                "0001-note.sql": "CREATE TABLE note (id integer);",
                "0002-wrong.sql":
                    "CREATE TABLE other (id integer);\n\nCREATE TABLE wrong (id nothing);",
            ])

        let refusal = try refusal { _ = try database.prepare() }

        #expect(refusal.contains("0002-wrong.sql:3: "))
        #expect(refusal.contains("type \"nothing\" does not exist"))
        #expect(try count("apus.migration", in: database) == 1)
        #expect(try !database.connect().exists("SELECT FROM pg_class WHERE relname = 'other'"))

        try files.write("CREATE TABLE other (id integer);", to: "0002-wrong.sql")
        #expect(try database.prepare().migrations == 1)
    }

    @Test func `one that commits by itself is refused`() throws {
        let (database, _) = try SuiteCluster.database(
            "Committing", ["0001-note.sql": "CREATE TABLE note (id integer); COMMIT; BEGIN;"])

        #expect(
            try refusal { _ = try database.prepare() }.contains(
                "ends the transaction that it runs in"))
    }

    @Test func `what they make belongs to the owner`() throws {
        let (database, _) = try SuiteCluster.database(
            "Owned",
            ["0001-note.sql": "CREATE EXTENSION citext; CREATE TABLE note (name citext);"])
        _ = try database.prepare()

        #expect(
            try database.connect().exists(
                """
                SELECT FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner
                WHERE c.relname = 'note' AND r.rolname = 'owned_owner'
                """))
    }

    @Test func `a seed that fails comes once it is mended`() throws {
        let (database, files) = try SuiteCluster.database(
            "Mended",
            [
                "0001-note.sql": "CREATE TABLE note (id integer);",
                "seed.sql": "INSERT INTO note VALUES (1);\nINSERT INTO note VALUES ('x');",
            ])

        #expect(try refusal { _ = try database.prepare() }.contains("seed.sql:2: "))
        #expect(try count("note", in: database) == 0)

        try files.write("INSERT INTO note VALUES (1);", to: "seed.sql")
        #expect(try database.prepare().isSeeded)
    }

    @Test func `a seed that is written later does not fall into a database in use`() throws {
        let (database, files) = try SuiteCluster.database(
            "Later", ["0001-note.sql": "CREATE TABLE note (id integer);"])
        _ = try database.prepare()
        try files.write("INSERT INTO note VALUES (1);", to: "seed.sql")

        #expect(try !database.prepare().isSeeded)
    }

    @Test func `a database that is to have no seed never gets it`() throws {
        let (database, _) = try SuiteCluster.database(
            "Bare",
            [
                "0001-note.sql": "CREATE TABLE note (id integer);",
                "seed.sql": "INSERT INTO note VALUES (1);",
            ])

        #expect(try !database.prepare(seeding: false).isSeeded)
        #expect(try !database.prepare().isSeeded)
        #expect(try count("note", in: database) == 0)
    }

    @Test func `a seed is planted again in empty tables only`() throws {
        let (database, _) = try SuiteCluster.database(
            "Replanted",
            [
                "0001-note.sql": "CREATE TABLE note (id integer);",
                "seed.sql": "INSERT INTO note VALUES (1);",
            ])
        _ = try database.prepare()
        let connection = try database.connect()
        let seed = Seed(database: database, connection: connection)

        #expect(
            try refusal { try seed.plantAgain() }.contains("the table note of replanted has rows"))

        try connection.run("DELETE FROM note")
        try seed.plantAgain()
        #expect(try count("note", in: database) == 1)
    }

    @Test func `a database that was dropped is made anew`() throws {
        let (database, _) = try SuiteCluster.database(
            "Dropped",
            [
                "0001-note.sql": "CREATE TABLE note (id integer);",
                "seed.sql": "INSERT INTO note VALUES (1);",
            ])
        _ = try database.prepare()
        let inUse = try database.connect()
        try inUse.run("INSERT INTO note VALUES (2)")

        try database.drop()
        let changes = try database.prepare()

        #expect((changes.isNew, changes.migrations, changes.isSeeded) == (true, 1, true))
        #expect(try count("note", in: database) == 1)
    }

    @Test func `runners that migrate at once wait for each other`() async throws {
        let (database, _) = try SuiteCluster.database(
            "Crowded",
            [
                "0001-note.sql": "CREATE TABLE note (id integer); SELECT pg_sleep(0.05);",
                "seed.sql": "INSERT INTO note VALUES (1);",
            ])

        let applied = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<4 { group.addTask { try database.prepare().migrations } }
            return try await group.reduce(0, +)
        }

        #expect(applied == 1)
        #expect(try count("note", in: database) == 1)
    }
}
