import ArgumentParser
import FunctionRuntime

/// The clock of everything that the running copy emulates.
struct ClockCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clock", abstract: "Show the clock of the running copy, or move it forward.",
        discussion: """
            Expiry, delays, visibility, cron, signatures and the time that functions are told: all go \
            by this clock. It stays as far ahead as it is, also when the runner starts again.
            """,
        subcommands: [Show.self, Advance.self, Reset.self], defaultSubcommand: Show.self)

    struct Options: ParsableArguments {
        @OptionGroup var common: CommonOptions

        @Flag(help: "Print JSON.")
        var json = false

        func show(_ clock: JSON) {
            print(json ? clock.pretty : ClockCommand.line(clock))
        }
    }

    /// `2026-11-22T08:35:00.000Z, 1d2h ahead of the system's time`.
    private static func line(_ clock: JSON) -> String {
        guard case .number(let text)? = clock["ahead"], let ahead = Int64(text), ahead > 0 else {
            return "\(clock["now"]?.text ?? ""), the system's time"
        }
        let span = TimeSpan(milliseconds: ahead)
        return "\(clock["now"]?.text ?? ""), \(span) ahead of the system's time"
    }
}

extension ClockCommand {
    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show what time it is, and how far that is ahead of the system's.")

        @OptionGroup var options: Options

        func run() throws {
            options.show(try RunningCopy(options.common).administer("GET", "clock"))
        }
    }

    struct Advance: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Move the clock forward, and have all that is due until then happen in order.",
            discussion: """
                The clock stops at each time at which something is due, until that is done: scheduled \
                functions run, messages come back. Ctrl-C leaves it where it has come.
                """)

        @Argument(help: "How far: 90s, 15m, 26h, 2d, 1h30m.")
        var span: String

        @OptionGroup var options: Options

        func run() throws {
            guard let length = TimeSpan(span), length.milliseconds > 0 else {
                throw ValidationError(
                    """
                    "\(span)" is no time to go forward, such as 90s, 15m, 26h, 2d or 1h30m. Back to \
                    the system's time goes "local-runner clock reset".
                    """)
            }
            let clock = try RunningCopy(options.common).administer(
                "POST", "clock/advance",
                ["milliseconds": .number(String(length.milliseconds))])
            options.show(clock)
            if !options.json, case .number(let fired)? = clock["fired"] {
                print(fired == "1" ? "1 time came on the way." : "\(fired) times came on the way.")
            }
        }
    }

    struct Reset: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Bring the clock back to the system's time.",
            discussion: "What was stored with a later time keeps it, and waits until then.")

        @OptionGroup var options: Options

        func run() throws {
            options.show(try RunningCopy(options.common).administer("POST", "clock/reset"))
        }
    }
}
