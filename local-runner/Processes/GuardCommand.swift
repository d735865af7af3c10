import ArgumentParser

/// The runner's second process, which nobody calls by hand: ``Guard`` says what it is for.
struct GuardCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "guard", shouldDisplay: false)

    func run() {
        GuardProcess.run()
    }
}
