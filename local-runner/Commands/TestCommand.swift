import ArgumentParser
import Foundation
import FunctionRuntime
import Glibc

/// Replays the fixtures.
struct TestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Replay the fixtures through every host, and show what differs.",
        discussion: """
            A fixture is a file Tests/Fixtures/APP/FUNCTION/CASE.json: a request, and what must come \
            of it. Each is run on standard input, as CGI and FastCGI process, by AWS Lambda's Runtime \
            API and as OpenFaaS does; what differs from the fixture, or between hosts where it has no \
            placeholder, is shown by place: "-" is what is expected, "+" what was found.

            PostgreSQL, Redis and the services are private ones in a temporary folder, so it does not \
            matter whether "up" runs. The exit status is 0 where all is as recorded, 1 where something \
            differs, and 64 where what was typed names nothing.
            """)

    @Argument(
        help: ArgumentHelp(
            "Brainstorm, Brainstorm/ListNews or Brainstorm/ListNews/all; everything without.",
            valueName: "app[/function[/case]]"))
    var names: [String] = []

    @Option(
        help: ArgumentHelp(
            "Hosts, with commas between: stdin, cgi, fastcgi, lambda, openfaas.",
            valueName: "hosts"))
    var hosts = ReplayHost.allCases.map(\.rawValue).joined(separator: ",")

    @Option(
        help: ArgumentHelp(
            "How many fixtures are run at a time; the number of processors unless given.",
            valueName: "number"))
    var jobs: Int?

    @Option(
        help: ArgumentHelp(
            "The folder of the fixtures; relative to the repository.", valueName: "folder"))
    var fixtures = "Tests/Fixtures"

    @Flag(help: "Print a line for each fixture.")
    var verbose = false

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var common: CommonOptions

    func validate() throws {
        _ = try chosenHosts()
        if let jobs, jobs < 1 {
            throw ValidationError("--jobs is \(jobs); it must be 1 or more.")
        }
        if json && verbose { throw ValidationError("--json and --verbose exclude each other.") }
    }

    func run() throws {
        let signals = SignalWatch()
        let workspace = try common.workspace()
        let apps = try App.all(in: workspace)
        let folder = workspace.resolve(fixtures)
        let files = try chosenFiles(in: folder, apps)
        try checkBuilt(files, workspace)
        let sandbox = try Sandbox(
            apps: apps, executables: workspace.executables, fixtures: folder)
        let replay = Replay(
            sandbox: sandbox, hosts: try chosenHosts().map { $0.make(under: sandbox.processes) })
        let run = ReplayRun(
            replay: replay, files: files,
            progress: ReplayProgress(count: files.count, isVerbose: verbose, isSilent: json))
        signals.beginServing()
        run.start(jobs: jobs ?? ProcessInfo.processInfo.activeProcessorCount) { signals.stop() }
        signals.waitForStop()
        let results = run.finish()
        sandbox.close()
        guard let results else {
            // What still waits for an answer ends with the process.
            _exit(130)
        }
        let sums = replay.hosts.map { ReplaySum(of: results, through: $0) }
        if json {
            print(ReplayReport.json(results, sums).pretty)
        } else {
            for sum in sums { print(sum.words) }
        }
        if !results.allSatisfy(\.isAsRecorded) { throw ExitCode(1) }
    }

    /// The hosts in the order in which they are named.
    private func chosenHosts() throws -> [ReplayHost] {
        var chosen: [ReplayHost] = []
        for name in hosts.split(separator: ",", omittingEmptySubsequences: false) {
            guard let host = ReplayHost(rawValue: String(name)) else {
                let known = ReplayHost.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("There is no host \"\(name)\"; there are: \(known).")
            }
            if !chosen.contains(host) { chosen.append(host) }
        }
        return chosen
    }

    private func chosenFiles(in folder: String, _ apps: [App]) throws -> [FixtureFile] {
        let choice = FixtureChoice(files: FixtureFile.all(in: folder), apps: apps)
        do {
            return try choice.files(named: names)
        } catch let error as RunnerError {
            throw ValidationError(error.description)
        }
    }

    private func checkBuilt(_ files: [FixtureFile], _ workspace: Workspace) throws {
        let names = Set(files.map { $0.app + $0.function }).sorted()
        let missing = names.filter { access("\(workspace.executables)/\($0)", X_OK) != 0 }
        guard missing.isEmpty else {
            throw RunnerError(
                """
                \(missing.count) of \(names.count) functions are not built in \
                \(workspace.short(workspace.executables)): \(missing.joined(separator: ", ")). \
                Run "\(workspace.buildCommand)".
                """)
        }
    }
}
