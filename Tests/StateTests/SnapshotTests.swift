import Foundation
import Glibc
import Testing

@testable import LocalRunner
@testable import TestSupport

/// `snapshot` and `restore` of the program as built.
@Suite struct SnapshotTests {
    private static let schema = ["0001-note.sql": "CREATE TABLE note (text text);"]

    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.writeApp(schema: Self.schema)
    }

    private func run(_ command: String...) throws -> String {
        let outcome = try RunnerCopy.run(command, in: folder)
        return String(decoding: outcome.output + outcome.errors, as: UTF8.self)
    }

    private func ask(_ sql: String) throws -> String {
        let outcome = try RunnerCopy.run(["db", "shell"], in: folder, input: sql)
        return String(decoding: outcome.output + outcome.errors, as: UTF8.self)
    }

    @Test func `a running copy keeps a snapshot and brings it back`() throws {
        let copy = try RunnerCopy(in: folder)
        let port = try copy.port
        _ = try ask("INSERT INTO note VALUES ('kept')")

        #expect(try run("snapshot", "one").contains("Kept the snapshot one"))
        _ = try ask("DELETE FROM note; INSERT INTO note VALUES ('later')")
        #expect(try run("restore", "one") == "Brought back the snapshot one.\n")

        let notes = try ask("SELECT text FROM note")
        #expect(notes.contains("kept") && !notes.contains("later"))
        // It is the same process, and answers where it did.
        #expect(kill(copy.pid, 0) == 0)
        #expect(StateLock.holder(in: try StateFolder(folder.path + "/state"))?.port == port)
        #expect(try copy.callEcho().contains("Hello, Ada!"))
    }

    @Test func `it works where nothing runs, and one can be replaced and deleted`() throws {
        _ = try ask("INSERT INTO note VALUES ('first')")
        _ = try run("snapshot", "a.b-c_1")
        _ = try ask("INSERT INTO note VALUES ('second')")

        #expect(try run("snapshot", "a.b-c_1").contains("There is a snapshot a.b-c_1 already"))
        #expect(try run("snapshot", "a.b-c_1", "--replace").contains("Kept"))
        #expect(try run("snapshot", "--json").contains(#""name": "a.b-c_1""#))
        _ = try ask("DELETE FROM note")
        _ = try run("restore", "a.b-c_1")
        #expect(try ask("SELECT count(*) FROM note").contains("2"))
        #expect(try run("snapshot", "a.b-c_1", "--delete").contains("Deleted"))
        #expect(try run("restore", "a.b-c_1").contains("There is no snapshot a.b-c_1"))
    }

    @Test(arguments: ["../out", ".hidden", "a/b", "", String(repeating: "x", count: 65)])
    func `a name that could lead elsewhere is refused`(_ name: String) throws {
        let outcome = try RunnerCopy.run(["snapshot", name], in: folder)
        let said = String(decoding: outcome.errors, as: UTF8.self)
        #expect(outcome.status != 0)
        #expect(said.contains("cannot name a snapshot"))
    }
}
