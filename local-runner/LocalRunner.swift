import ArgumentParser

@main
struct LocalRunner: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "local-runner", subcommands: [GuardCommand.self])
}
