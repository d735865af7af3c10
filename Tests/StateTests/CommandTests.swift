import Foundation
import FunctionRuntime
import Testing

@testable import LocalRunner
@testable import TestSupport

/// Commands that need nothing to be running.
@Suite struct CommandTests {
    private func output(_ command: [String], in folder: TemporaryFolder) throws -> String {
        let outcome = try RunnerCopy.run(command, in: folder)
        return String(decoding: outcome.output + outcome.errors, as: UTF8.self)
    }

    @Test(arguments: [
        ["--port", "99999"], ["--port", "x"], ["up", "--workers", "0"], ["up", "--deadline", "-1"],
        ["--frobnicate"], ["routes", "extra"], ["db", "shell", "--role", "root"],
    ])
    func `a bad option gives the usage and status 64`(options: [String]) throws {
        let outcome = try Program.run(RunnerCopy.program, options)

        #expect(outcome.status == 64)
        #expect(String(decoding: outcome.errors, as: UTF8.self).contains("Usage: local-runner"))
    }

    @Test(arguments: [[], ["up"], ["routes"], ["invoke"], ["db"], ["db", "reset"], ["stop"]])
    func `every command has help, and the guard is no command`(command: [String]) throws {
        let outcome = try Program.run(RunnerCopy.program, command + ["--help"])
        let help = String(decoding: outcome.output, as: UTF8.self)

        #expect(outcome.status == 0)
        #expect(help.contains("USAGE: local-runner"))
        #expect(!help.contains("guard"))
    }

    @Test func `routes lists functions with their summaries`() throws {
        let folder = try TemporaryFolder()
        try folder.writeApp()

        let table = try output(["routes"], in: folder)

        #expect(table.contains("http://localhost:8787/probes"))
        #expect(table.contains("POST    /echo  Echo      Answers with what it was sent.\n"))
    }

    @Test func `routes as JSON has schemas and summaries`() throws {
        let folder = try TemporaryFolder()
        try folder.writeApp()

        let json = try JSON(parsing: output(["routes", "--json"], in: folder))

        guard case .array(let apps)? = json["apps"],
            case .array(let functions)? = apps[0]["functions"]
        else {
            Issue.record("There are no functions in \(json.pretty)")
            return
        }
        #expect(functions[0]["summary"] == "Answers with what it was sent.")
        #expect(functions[0]["input"]?["properties"]?["name"]?["maxLength"] == 100)
    }

    @Test func `what is known of an executable is not asked again`() throws {
        let folder = try TemporaryFolder()
        try folder.writeApp()
        let cache = folder.path + "/state/bundle-debug.json"
        _ = try output(["routes"], in: folder)
        let known = try String(contentsOfFile: cache, encoding: .utf8)

        // Whatever the cache says is believed, so it shows where an answer comes from.
        try folder.write(known.replacing("/echo", with: "/cached"), to: "state/bundle-debug.json")
        #expect(try output(["routes"], in: folder).contains("/cached"))

        // Another build has another size or time.
        let older = known.replacing("/echo", with: "/cached").replacing(
            /"version":"\d+/, with: "\"version\":\"1")
        try folder.write(older, to: "state/bundle-debug.json")
        #expect(try output(["routes"], in: folder).contains("/echo"))

        try folder.write("nonsense", to: "state/bundle-debug.json")
        #expect(try output(["routes"], in: folder).contains("/echo"))
    }

    @Test func `what is known of other executables stays, as long as they are there`() throws {
        let folder = try TemporaryFolder()
        try folder.writeApp(functions: ["Echo", "Tick"])
        let cache = folder.path + "/state/bundle-debug.json"
        _ = try output(["routes"], in: folder)
        let known = try String(contentsOfFile: cache, encoding: .utf8)
        let gone = known.replacing("ProbesTick", with: "ProbesGone").replacing(
            /"version":"\d+/, with: "\"version\":\"1")

        _ = try output(["doctor", "--target", "cgi", "Probes/Echo"], in: folder)
        #expect(try String(contentsOfFile: cache, encoding: .utf8) == known)

        // Something new is asked, and what was of an executable that is gone is forgotten.
        try folder.write(gone, to: "state/bundle-debug.json")
        _ = try output(["doctor", "--target", "cgi", "Probes/Echo"], in: folder)
        let kept = try String(contentsOfFile: cache, encoding: .utf8)
        #expect(kept.contains("ProbesEcho") && !kept.contains("ProbesGone"))
    }

    @Test func `what is not built is named`() throws {
        let folder = try TemporaryFolder()
        try folder.writeApp()
        try folder.write("", to: "Probes/SayNothing/SayNothing.swift")

        let said = try output(["routes"], in: folder)

        #expect(said.contains("1 of 2 functions are not built"))
        #expect(said.contains("ProbesSayNothing"))
        #expect(said.contains("swift build"))
    }

    @Test func `a folder without apps is said to be one`() throws {
        #expect(try output(["routes"], in: TemporaryFolder()).contains("holds no app"))
    }

    @Test func `invoke shows the answer, and its status decides the exit`() throws {
        let folder = try TemporaryFolder()
        try folder.writeApp()
        try folder.write(
            #"{"request": {"method": "POST", "path": "/echo", "json": {"name": "Ada"}}}"#,
            to: "fixture.json")

        let outcome = try RunnerCopy.run(
            ["invoke", "Probes/Echo", "\(folder.path)/fixture.json"], in: folder)
        let refused = try RunnerCopy.run(["invoke", "Probes/Echo", "-"], in: folder, input: "{}")

        let text = String(decoding: outcome.output, as: UTF8.self)
        #expect(outcome.status == 0)
        #expect(text.hasPrefix("Status 200\ncontent-type: application/json\n\n{\n"))
        #expect(text.contains("  \"greeting\": \"Hello, Ada!\""))
        #expect(refused.status == 0)
        #expect(String(decoding: refused.output, as: UTF8.self).hasPrefix("Status 400"))
    }

    @Test(arguments: [
        ("Probes", "names no function"), ("Desk/Echo", "There is no app Desk; there are: Probes."),
        ("Probes/Ecko", "it has: Echo."),
    ])
    func `invoke says which functions there are`(name: String, words: String) throws {
        let folder = try TemporaryFolder()
        try folder.writeApp()

        #expect(try output(["invoke", name], in: folder).contains(words))
    }
}
