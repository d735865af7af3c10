import ArgumentParser

/// Serves the apps as ``Up`` does, with every function run as AWS Lambda runs it.
struct LambdaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lambda",
        abstract: "Serve all apps as AWS Lambda would: by its Runtime API and Invoke API.",
        discussion: """
            Everything is as with "up": addresses, databases, emulated services, commands. But \
            each function runs as a function of Lambda, and gets events: requests as API Gateway's \
            (payload 2.0), queues' messages as SQS's, schedules as EventBridge's.

            After

                eval "$(local-runner env)"

            SDKs and "aws lambda invoke" reach the functions too, as <app>-<Function>: \
            brainstorm-ListNews. --deadline is the functions' timeout.
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup(title: "Serving") var serving: ServingOptions

    func run() throws {
        try Serving(common: common, serving: serving, workers: .lambda, command: "lambda").run()
    }
}
