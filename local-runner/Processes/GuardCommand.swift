import ArgumentParser

/// The runner's own second process; see ``Guard``. Nobody calls it by hand.
struct GuardCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "guard", shouldDisplay: false)

    func run() {
        GuardProcess.run()
    }
}
