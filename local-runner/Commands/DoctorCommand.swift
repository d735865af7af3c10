import ArgumentParser
import Foundation
import FunctionRuntime

/// Says what another host does otherwise.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "List what would differ or not work on another host, function by function.",
        discussion: """
            Nothing needs to be running; what is looked at is what functions say of themselves, \
            app.yaml, their fixtures, and the environment: run it with the variables that the \
            host will have. What is not listed works as it does here. The status is 1 where \
            something fails.
            """)

    @OptionGroup var common: CommonOptions

    @Option(help: ArgumentHelp("The kind of host.", valueName: "host"))
    var target: HostTarget

    @Argument(
        help: ArgumentHelp(
            "Apps and functions, such as Brainstorm/ListNews; all where none is named.",
            valueName: "app[/function]"))
    var names: [String] = []

    @Flag(help: "Name each function of a finding, one a line.")
    var verbose = false

    @Flag(help: "Print the findings as JSON.")
    var json = false

    func run() throws {
        let workspace = try common.workspace()
        let state = try common.stateFolder(in: workspace)
        let processes = try Guard()
        defer { processes.stop() }
        let apps = try App.all(in: workspace)
        let catalog = try Catalog.load(
            workspace, apps: try FunctionSelection(names, in: apps).apps(of: apps), state: state,
            processes: processes)
        let diagnosis = try Diagnosis(
            of: target, catalog.entries,
            answers: RecordedAnswers(folder: workspace.resolve("Tests/Fixtures")),
            environment: ProcessInfo.processInfo.environment)
        print(json ? diagnosis.json.pretty : diagnosis.text(isVerbose: verbose))
        if diagnosis.fails { throw ExitCode(1) }
    }
}

extension Diagnosis {
    /// For programs.
    var json: JSON {
        let findings = entries.map { entry -> JSON in
            [
                "severity": .string(entry.finding.severity.rawValue),
                "topic": .string(entry.finding.topic.rawValue),
                "problem": .string(entry.finding.problem),
                "remedy": .string(entry.finding.remedy),
                "functions": .array(entry.functions.map(JSON.string)),
            ]
        }
        return [
            "target": .string(target.rawValue), "functions": .number(String(functionCount)),
            "findings": .array(findings),
        ]
    }

    /// For people: a line a finding, or one for each function of it.
    func text(isVerbose: Bool) -> String {
        let lines = entries.flatMap { entry -> [String] in
            let finding = entry.finding
            let head =
                Terminal.pad(finding.severity.rawValue, to: 9)
                + Terminal.pad(finding.topic.rawValue, to: 10)
            let subjects = isVerbose ? entry.functions : [Self.subject(entry.functions)]
            return subjects.map { "\(head)\($0): \(finding.sentences)" }
        }
        return (lines + (lines.isEmpty ? [] : [""]) + [summary]).joined(separator: "\n")
    }

    private var summary: String {
        let fails = entries.count { $0.finding.severity == .fails }
        let counts = "\(fails) fail, \(entries.count - fails) differ"
        return "\(functionCount) functions on \(target.title): "
            + (entries.isEmpty ? "all works as it does here." : "\(counts).")
    }

    /// Up to three names, else how many there are.
    private static func subject(_ functions: [String]) -> String {
        functions.count > 3 ? "\(functions.count) functions" : functions.joined(separator: ", ")
    }
}
