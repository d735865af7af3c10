import ArgumentParser

@main
struct LocalRunner: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "local-runner",
        abstract: "Runs the apps of this repository on this machine.",
        discussion: """
            local-runner/up installs what is missing, builds everything and then does "local-runner \
            up" with the options that it got. All options mean the same for every command, and \
            from whatever folder they are typed in.
            """,
        subcommands: [
            Up.self, LambdaCommand.self, Routes.self, Invoke.self, TestCommand.self,
            PackageCommand.self, DoctorCommand.self, DatabaseCommand.self,
            KeyValueCommand.self, ObjectsCommand.self, QueuesCommand.self, MailCommand.self,
            CronCommand.self, RealtimeCommand.self, ClockCommand.self, ShowEnvironment.self,
            SnapshotCommand.self, RestoreCommand.self, Stop.self,
            GuardCommand.self,
        ],
        defaultSubcommand: Up.self)
}
