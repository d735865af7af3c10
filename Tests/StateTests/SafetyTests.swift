import Foundation
import FunctionPostgres
import Testing

@testable import LocalRunner
@testable import TestSupport

/// What keeps a function from more than its app has granted.
@Suite(.withCluster) struct SafetyTests {
    private static let schema = [
        "0001-note.sql": """
        CREATE TABLE note (id integer);
        ALTER TABLE note ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
        GRANT SELECT ON note TO CURRENT_USER;
        """
    ]

    private func admin() throws -> Connection {
        try Connection(#require(SuiteCluster.current).cluster.adminURL)
    }

    /// What a database is refused for.
    private func refusal(of database: AppDatabase) throws -> String {
        try #require(throws: RunnerError.self) { _ = try database.prepare() }.description
    }

    @Test func `the function role comes in with its own password alone`() throws {
        let (database, _) = try SuiteCluster.database("Locked", Self.schema)
        _ = try database.prepare()

        _ = try Connection(database.functionURL)
        let (url, _) = DatabaseServer.split(try database.functionURL)
        let wrong = url.replacing("locked_function@", with: "locked_function:wrong@")

        #expect(throws: SQLError.self) { try Connection(url) }
        #expect(throws: SQLError.self) { try Connection(wrong) }
    }

    @Test func `nobody else comes in`() throws {
        let (first, _) = try SuiteCluster.database("First", Self.schema)
        let (second, _) = try SuiteCluster.database("Second", Self.schema)
        _ = try first.prepare()
        _ = try second.prepare()

        #expect(throws: SQLError.self) {
            try Connection(first.server.url(database: "first", role: "second_function"))
        }
        #expect(throws: SQLError.self) {
            try Connection(first.server.url(database: "first", role: "first_owner"))
        }
    }

    @Test(arguments: [
        "SET ROLE minded_owner", "CREATE TABLE mine (id integer)",
        "CREATE TEMP TABLE mine (id integer)",
        "CREATE SCHEMA mine", "SELECT * FROM apus.migration", "SELECT * FROM note",
        "CREATE DATABASE mine", "CREATE ROLE mine", "ALTER TABLE note DISABLE ROW LEVEL SECURITY",
    ])
    func `the function role may do nothing that was not granted`(statement: String) throws {
        let (database, _) = try SuiteCluster.database("Minded", Self.schema)
        _ = try database.prepare()
        let function = try Connection(database.functionURL)

        let error = #expect(throws: SQLError.self) { try function.run("\(unsafe: statement)") }

        #expect(error?.sqlState == "42501")
    }

    @Test(arguments: ["SUPERUSER", "BYPASSRLS", "CREATEROLE", "CREATEDB", "REPLICATION"])
    func `a function role with a privilege is refused`(attribute: String) throws {
        let app = "With" + attribute.capitalized
        let (database, _) = try SuiteCluster.database(app, Self.schema)
        _ = try database.prepare()
        try admin().run("ALTER ROLE \(identifier: database.function) \(unsafe: attribute)")

        #expect(
            try refusal(of: database).contains("the role \(database.function) has \(attribute)"))

        try admin().run("ALTER ROLE \(identifier: database.function) \(unsafe: "NO" + attribute)")
        _ = try database.prepare()
    }

    @Test func `a function role that may become the owner is refused`() throws {
        let (database, _) = try SuiteCluster.database("Member", Self.schema)
        _ = try database.prepare()
        try admin().run("GRANT member_owner TO member_function")

        #expect(
            try refusal(of: database).contains("member_function is a member of member_owner"))
    }

    @Test func `a function role that owns a table is refused`() throws {
        let (database, _) = try SuiteCluster.database("Owner", Self.schema)
        _ = try database.prepare()
        try database.connect().run("ALTER TABLE note OWNER TO owner_function")

        #expect(try refusal(of: database).contains("owner_function owns table public.note"))
    }

    @Test func `row-level security that is not forced is refused, and the table named`() throws {
        let (database, _) = try SuiteCluster.database(
            "Unforced",
            [
                "0001-note.sql":
                    "CREATE TABLE note (id integer); ALTER TABLE note ENABLE ROW LEVEL SECURITY;"
            ]
        )

        #expect(try refusal(of: database).contains("ALTER TABLE note FORCE ROW LEVEL SECURITY"))
    }

    @Test func `an administrating role that is no superuser will do`() throws {
        let current = try #require(SuiteCluster.current)
        try admin().run("CREATE ROLE landlord LOGIN CREATEDB CREATEROLE PASSWORD 'rent'")
        let url = current.cluster.adminURL.replacing(
            /postgres:[^@]*@/, with: "landlord:rent@", maxReplacements: 1)
        let server = try DatabaseServer(
            adminURL: url, passwords: Passwords(in: StateFolder(current.folder.path + "/state")))
        let (database, _) = try SuiteCluster.database("Rented", Self.schema, server: server)

        #expect(try database.prepare().migrations == 1)
        #expect(try database.prepare().migrations == 0)
        _ = try Connection(database.functionURL)
        try database.drop()
    }

    @Test func `a statement ends with the process that waits for it`() throws {
        let cluster = try #require(SuiteCluster.current).cluster
        let psql = try PostgresPrograms.find(version: cluster.folder.version).path(of: "psql")

        // In the foreground it stays in the process group in which its end is noticed.
        let outcome = try Program.run(
            "/usr/bin/timeout",
            [
                "--foreground", "-s", "KILL", "2", psql, cluster.adminURL, "-c",
                "SELECT pg_sleep(600), 'left behind'",
            ])

        #expect(outcome.status == 137)
        let admin = try admin()
        let isOver = try eventually {
            try !admin.exists(
                """
                SELECT FROM pg_stat_activity
                WHERE query LIKE '%left behind%' AND pid <> pg_backend_pid()
                """)
        }
        #expect(isOver)
    }
}
