import FunctionRuntime
import Testing

@testable import LocalRunner
@testable import TestSupport

/// What a running copy holds, as typed.
@Suite struct RealtimeCommandTests {
    private func run(_ command: [String], in folder: TemporaryFolder) throws -> (Int32, String) {
        let outcome = try RunnerCopy.run(command, in: folder)
        return (
            outcome.status, String(decoding: outcome.output + outcome.errors, as: UTF8.self)
        )
    }

    @Test func `channels are listed, and published to`() throws {
        let folder = try TemporaryFolder()
        try folder.writeApp(functions: ["HoldResponse"])
        let copy = try RunnerCopy(in: folder)
        #expect(try run(["realtime"], in: folder) == (0, "No connection is held.\n"))

        let waiting = try HTTPClient(.port(copy.port)).begin(
            "GET", "/probes/hold-response?channel=a&channel=b", headers: ["host": "localhost"])
        let isHeld = try eventually { try run(["realtime"], in: folder).1.contains("Probes") }
        let listed = try JSON(parsing: run(["realtime", "list", "--json"], in: folder).1)
        let published = try run(["realtime", "publish", "Probes", "b", "Hello"], in: folder)
        let answer = try waiting.answer()

        #expect(isHeld)
        #expect(
            listed["channels"] == [
                ["app": "Probes", "channel": "a", "connections": 1, "lastId": nil],
                ["app": "Probes", "channel": "b", "connections": 1, "lastId": nil],
            ])
        #expect(published == (0, ""))
        #expect(answer.text == "Hello")
        #expect(try run(["realtime"], in: folder).1 == "No connection is held.\n")
    }

    @Test func `an app that is not there is named`() throws {
        let folder = try TemporaryFolder()
        try folder.writeApp()
        let copy = try RunnerCopy(in: folder)

        let (status, said) = try run(["realtime", "publish", "Nothing", "a", "x"], in: folder)

        #expect(status != 0)
        #expect(said.contains("There is no app Nothing; there are: Probes."))
        withExtendedLifetime(copy) {}
    }
}
