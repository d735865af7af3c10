import Testing

@testable import LocalRunner
@testable import TestSupport

@Suite struct AddressTests {
    private func server(_ url: String, _ folder: TemporaryFolder) throws -> DatabaseServer {
        try DatabaseServer(adminURL: url, passwords: Passwords(in: StateFolder(folder.path)))
    }

    @Test func `a role's address keeps host and parameters`() throws {
        let folder = try TemporaryFolder()
        let server = try server(
            "postgres://root:p%40ss@db.example:6000/main?sslmode=require", folder)

        let url = try server.url(database: "desk", role: "desk_function")

        #expect(url.hasPrefix("postgres://desk_function:"))
        #expect(url.hasSuffix("@db.example:6000/desk?sslmode=require"))
        #expect(
            server.adminURL(database: "desk")
                == "postgres://root:p%40ss@db.example:6000/desk?sslmode=require")
        #expect(server.adminURL == "postgres://root:p%40ss@db.example:6000/main?sslmode=require")
    }

    @Test func `what is no URL is refused without showing it`() throws {
        let folder = try TemporaryFolder()

        let error = #expect(throws: RunnerError.self) {
            try server("host=x password=secret", folder)
        }

        #expect(error?.description.contains("secret") == false)
    }

    @Test func `the password of an address does not stand among arguments`() {
        let split = DatabaseServer.split("postgresql://a:b%2Fc@/d?host=%2Ftmp")

        #expect(split.url == "postgresql://a@/d?host=%2Ftmp")
        #expect(split.password == "b/c")
    }

    @Test func `a password is made once, is long, and is for this user's eyes only`() throws {
        let folder = try TemporaryFolder()
        let state = try StateFolder(folder.path)

        let password = try Passwords(in: state).password(of: "a")

        #expect(password.utf8.count == 43)
        #expect(try Passwords(in: state).password(of: "a") == password)
        #expect(try Passwords(in: state).password(of: "b") != password)
        #expect(try folder.mode(of: "passwords.json") == 0o600)
    }

    // Computed with Python's hashlib.pbkdf2_hmac and hmac. That PostgreSQL takes it is shown by every
    // connection of DatabaseTests.
    @Test func `a verifier is one round of SCRAM`() {
        #expect(
            ScramVerifier.make(of: "pencil", salt: Array(repeating: 7, count: 16))
                == "SCRAM-SHA-256$1:BwcHBwcHBwcHBwcHBwcHBw=="
                + "$XIyLahSjxI7WzOTbFRtvgFqWpxRKFF2HSDsjq3bZnCk="
                + ":UUrn4LS6R+o7pW5c0K0zDjR6xp+VilcWJvhUFaNcIZs=")
    }
}
