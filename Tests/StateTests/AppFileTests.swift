import Testing

@testable import LocalRunner

@Suite struct AppFileTests {
    private func read(_ yaml: String) throws -> AppFile {
        try AppFile(yaml: yaml, path: "Desk/app.yaml", folder: "Desk")
    }

    /// What is said of a file that is refused.
    private func refusal(_ yaml: String) throws -> String {
        try #require(throws: RunnerError.self) { try read(yaml) }.description
    }

    @Test func `everything but the name has a default`() throws {
        let file = try read("name: Desk")

        #expect(file.prefix == "/desk")
        #expect(file.variables.isEmpty && file.accounts.isEmpty && !file.hasDatabase)
    }

    @Test func `all settings are read`() throws {
        let file = try read(
            """
            name: Desk
            summary: "Tickets: a desk."
            prefix: /help/desk
            database: true
            variables:
              HOPS: 0
              ORIGINS: ""
            accounts:
              - a@b.c / secret
            """)

        #expect(file.summary == "Tickets: a desk.")
        #expect(file.prefix == "/help/desk")
        #expect(file.variables == ["HOPS": "0", "ORIGINS": ""])
        #expect(file.accounts == ["a@b.c / secret"])
        #expect(file.hasDatabase)
    }

    @Test func `an unknown setting is named with its line`() throws {
        let refusal = try refusal("name: Desk\ndatabse: true")

        #expect(refusal.hasPrefix("Desk/app.yaml:2: there is no setting \"databse\""))
    }

    @Test(arguments: [
        ("name: Chair", "must be the folder's, Desk"),
        ("name: [Desk]", "name must be a text"),
        ("database: perhaps", "database must be true or false"),
        ("accounts: one", "accounts must be a list of texts"),
        ("variables: [A]", "were expected"),
        ("prefix: desk", "the prefix is \"desk\""),
        ("prefix: /desk/", "the prefix is \"/desk/\""),
        ("prefix: /_/desk", "the runner's own"),
        ("variables: {DATABASE_URL: x}", "DATABASE_URL is the runner's to set"),
        ("name: Desk\nname: Desk", "Desk/app.yaml"),
        ("name: {", "Desk/app.yaml"),
    ])
    func `what cannot be is refused in words`(yaml: String, words: String) throws {
        #expect(try refusal(yaml).contains(words))
    }

    @Test(arguments: [
        ("/// Lists tickets.\n@main\nstruct A", "Lists tickets."),
        ("/// Lists\n/// tickets.\n///\n/// All of them.\n@main struct A", "Lists tickets."),
        ("/// Of another type.\nstruct B {}\n\n@main\nstruct A", ""),
        ("struct A", ""),
    ])
    func `the summary is the first paragraph above the type`(source: String, summary: String) {
        #expect(Summary.of(source) == summary)
    }
}
