import ArgumentParser
import FunctionRuntime

/// The functions that run by a schedule.
struct CronCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cron", abstract: "List the scheduled functions, or run one now.",
        subcommands: [List.self, Fire.self], defaultSubcommand: List.self)
}

extension CronCommand {
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the scheduled functions with their last and next run.")

        @OptionGroup var common: CommonOptions

        @Flag(help: "Print JSON, with the last ten runs of each.")
        var json = false

        func run() throws {
            let cron = try RunningCopy(common).administer("GET", "cron")
            guard !json else { return print(cron.pretty) }
            guard case .array(let functions)? = cron["functions"] else { return }
            let listing = Listing(
                columns: ["function", "schedule", "last run", "outcome", "next run"],
                rows: functions.map(Self.row), nothing: "No function has a schedule.")
            for line in listing.lines { print(line) }
        }

        private static func row(_ function: JSON) -> [String] {
            let runs: [JSON] = if case .array(let runs)? = function["runs"] { runs } else { [] }
            return [
                function["function"]?.text ?? "", function["schedule"]?.text ?? "",
                runs.first?["time"]?.text.map(minute) ?? "", runs.first?["outcome"]?.text ?? "",
                function["next"]?.text.map(minute) ?? "never",
            ]
        }

        /// A time without what is finer than a minute.
        private static func minute(_ time: String) -> String {
            String(time.prefix(16)).replacing("T", with: " ")
        }
    }

    struct Fire: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Run a scheduled function now, and wait for it.",
            discussion: "The exit status is 0 where it went well.")

        @Argument(
            help: ArgumentHelp("Such as Brainstorm/ExpireSessions.", valueName: "app/function"))
        var name: String

        @OptionGroup var common: CommonOptions

        @Flag(help: "Print JSON.")
        var json = false

        func run() throws {
            let run = try RunningCopy(common).administer(
                "POST", "cron/fire", ["function": .string(name)])
            let (outcome, problem) = (run["outcome"]?.text ?? "", run["problem"]?.text ?? "")
            print(json ? run.pretty : problem.isEmpty ? outcome : "\(outcome): \(problem)")
            if outcome != "ok" { throw ExitCode(1) }
        }
    }
}
