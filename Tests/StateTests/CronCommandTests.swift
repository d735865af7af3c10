import FunctionRuntime
import Testing

@testable import LocalRunner
@testable import TestSupport

/// The clock and the scheduled functions of a running copy, as typed.
@Suite struct CronCommandTests {
    private func run(_ command: [String], in folder: TemporaryFolder) throws -> (Int32, String) {
        let outcome = try RunnerCopy.run(command, in: folder)
        return (
            outcome.status, String(decoding: outcome.output + outcome.errors, as: UTF8.self)
        )
    }

    private func folder() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try folder.writeApp(functions: ["Echo", "Tick", "Collapse"])
        return folder
    }

    @Test func `the clock is moved forward, and stays so`() throws {
        let folder = try folder()
        do {
            let copy = try RunnerCopy(in: folder)
            #expect(try run(["clock"], in: folder).1.contains(", the system's time\n"))

            let (status, said) = try run(["clock", "advance", "26h"], in: folder)

            #expect(status == 0)
            #expect(said.contains(", 1d2h ahead of the system's time\n"))
            // Tick runs every five minutes; Collapse may have its day.
            #expect(said.contains("31") && said.contains(" times came on the way.\n"))
            copy.kill(9)
            _ = try copy.waitForEnd()
        }

        let next = try RunnerCopy(in: folder)
        #expect(
            try run(["clock", "show"], in: folder).1
                .contains(", 1d2h ahead of the system's time\n"))
        #expect(try run(["clock", "reset"], in: folder).1.contains(", the system's time\n"))
        let shown = try JSON(parsing: run(["clock", "show", "--json"], in: folder).1)
        #expect(shown["ahead"] == 0)
        withExtendedLifetime(next) {}
    }

    @Test func `scheduled functions are listed and fired`() throws {
        let folder = try folder()
        let copy = try RunnerCopy(in: folder)

        let fired = try run(["cron", "fire", "Probes/Tick"], in: folder)
        let crashed = try run(["cron", "fire", "Probes/Collapse"], in: folder)
        let unknown = try run(["cron", "fire", "Probes/Echo"], in: folder)
        let table = try run(["cron"], in: folder).1
        let json = try JSON(parsing: run(["cron", "list", "--json"], in: folder).1)

        #expect(fired == (0, "ok\n"))
        #expect(crashed.0 == 1)
        #expect(crashed.1.hasPrefix("exception: "))
        #expect(unknown.0 == 1)
        #expect(unknown.1.contains("No function Probes/Echo has a schedule"))
        #expect(table.hasPrefix("FUNCTION"))
        #expect(table.contains("30 3 * * FRI-SUN"))
        guard case .array(let functions)? = json["functions"] else {
            Issue.record("\(json)")
            return
        }
        #expect(functions.map { $0["function"] } == ["Probes/Collapse", "Probes/Tick"])
        withExtendedLifetime(copy) {}
    }

    @Test func `without a running copy they say what to do`() throws {
        let folder = try folder()

        for command in [["clock"], ["clock", "advance", "1h"], ["cron"]] {
            let (status, said) = try run(command, in: folder)
            #expect(status == 1)
            #expect(said.contains("local-runner up"))
        }
    }

    @Test(arguments: ["26", "-5m", "0s", "soon", ""])
    func `what is no time to go forward is refused`(span: String) throws {
        let (status, said) = try run(["clock", "advance", "--", span], in: folder())

        #expect(status == 64)
        #expect(said.contains("is no time to go forward"))
    }

    @Test func `a schedule that cannot be read is an error at the start`() throws {
        let folder = try folder()
        _ = try run(["routes"], in: folder)
        let cache = "state/bundle-debug.json"
        let known = String(
            decoding: try Repository.bytes(of: "\(folder.path)/\(cache)"), as: UTF8.self)
        // What the cache says of an executable is believed.
        let quoted = #""schedule":"*/5 * * * *""#
        #expect(known.contains(quoted))
        try folder.write(
            known.replacing(quoted, with: #""schedule":"*/5 * * * 0""#), to: cache)

        for command in ["up", "routes"] {
            let (status, said) = try run([command, "--port", "0"], in: folder)
            #expect(status == 1)
            #expect(
                said.contains(
                    """
                    The schedule of Probes/Tick cannot be read. The weekday of the cron \
                    expression "*/5 * * * 0" is wrong: found "0"
                    """))
        }
    }
}
