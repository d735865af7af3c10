import FunctionRuntime
import Testing

@testable import LocalRunner
@testable import TestSupport

/// `local-runner kv` and `local-runner mail`, as they are typed.
@Suite struct CommandTests {
    private static func text(
        _ command: [String], in folder: TemporaryFolder, input: String = ""
    ) throws -> String {
        let outcome = try RunnerCopy.run(command, in: folder, input: input)
        #expect(outcome.status == 0, "\(outcome.errors.asText)")
        return outcome.output.asText
    }

    @Test func `keys are put, listed, shown and deleted`() throws {
        let folder = try TemporaryFolder()
        try folder.writeApp()
        let copy = try RunnerCopy(in: folder)
        func run(_ words: String..., input: String = "") throws -> String {
            try Self.text(["kv"] + words, in: folder, input: input)
        }
        #expect(try run("list").contains("There is no namespace"))
        #expect(try run("put", "links", "a/b c", "value", "--create").isEmpty)
        #expect(
            try run(
                "put", "links", "timed", "--ttl", "90", "--metadata", #"{"a":1}"#, input: "\n\0"
            )
            .isEmpty)
        #expect(try run("list").contains("links"))
        let table = try run("list", "links").split(separator: "\n")
        #expect(table.count == 3 && table[1].hasPrefix("a/b c") && table[2].contains(#"{"a":1}"#))
        let json = try JSON(parsing: run("list", "links", "--prefix", "t", "--json"))
        #expect(JSON?.some(json).elements.first?["name"] == "timed")
        #expect(try run("show", "links", "a/b c") == "value")
        #expect(try run("show", "links", "timed") == "\n\0")
        let shown = try JSON(parsing: run("show", "links", "timed", "--json"))
        #expect(shown["metadata"] == ["a": 1] && shown["value"] == "\n\u{0}")
        #expect(try run("delete", "links", "timed", "missing").isEmpty)
        #expect(try run("list", "links").split(separator: "\n").count == 2)
        #expect(try run("delete", "links", "--whole").isEmpty)

        let missing = try RunnerCopy.run(["kv", "show", "links", "a"], in: folder)
        #expect(missing.status != 0)
        #expect(missing.errors.asText.contains("There is no namespace \"links\""))
        withExtendedLifetime(copy) {}
    }

    @Test func `mail is listed and shown, with what came with it`() throws {
        let folder = try TemporaryFolder()
        try folder.writeApp()
        let copy = try RunnerCopy(in: folder)
        let message = MailTests.message(
            .init("attachments", [["filename": "a.bin", "content": [0, 10, 255]]]))
        let sent = try HTTPClient(.port(try copy.port)).send(
            "POST", "/emails",
            headers: [
                "host": "localhost",
                "authorization": "Bearer \(try copy.credentials().resendKey)",
            ], body: message.bytes)
        let id = try #require(sent.json["id"]?.text)
        #expect(try Self.text(["mail", "list"], in: folder).contains(id))
        let list = try JSON(parsing: Self.text(["mail", "list", "--json"], in: folder))
        #expect(list["data"].elements.first?["id"]?.text == id)
        let shown = try Self.text(["mail", "show", id], in: folder)
        for line in [
            "From: Desk <desk@example.com>", "To: ada@example.com, Bob <bob@example.com>",
            "Subject: Your ticket ü", "X-Ticket: 5", "Tag: kind = ticket_closed-1",
            "Attachment: a.bin, application/octet-stream, 3 bytes", "\n\nIt is closed.",
        ] { #expect(shown.contains(line)) }
        #expect(
            try Self.text(["mail", "show", "last", "--html"], in: folder)
                == "<p>It is closed.</p>\n")
        let file = try RunnerCopy.run(["mail", "show", id, "--attachment", "a.bin"], in: folder)
        #expect(file.output == [0, 10, 255])
        let wrong = try RunnerCopy.run(["mail", "show", "5"], in: folder)
        #expect(wrong.status != 0 && wrong.errors.asText.contains("\"5\" is no id of a message"))
        withExtendedLifetime(copy) {}
    }

    @Test(arguments: [["kv", "list"], ["mail", "list"]])
    func `with nothing running, they say what to do`(command: [String]) throws {
        let folder = try TemporaryFolder()
        try folder.writeApp()
        let outcome = try RunnerCopy.run(command, in: folder)
        #expect(outcome.status != 0 && outcome.errors.asText.contains("local-runner up"))
    }
}
