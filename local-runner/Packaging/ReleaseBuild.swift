import Foundation

/// The release build of some functions, by the compiler of this machine.
///
/// The compiler rebuilds what has changed and nothing else. What it says goes to the terminal: its
/// progress, and errors in full.
struct ReleaseBuild {
    let workspace: Workspace
    let processes: Guard

    /// Up to so many are built one by one.
    ///
    /// Each invocation plans the whole package, in half a second; one for all functions takes two
    /// seconds where nothing has changed, but a minute where nothing is built. The runner itself is
    /// built by neither.
    private static let fewProducts = 12

    /// - Throws: ``RunnerError`` where the build fails; why stands above.
    func run(_ apps: [App]) throws {
        let products = apps.flatMap { app in app.functions.map { app.name + $0 } }
        if products.count > Self.fewProducts {
            try build(["--target", "Every"])
        } else {
            for product in products { try build(["--product", product]) }
        }
    }

    private func build(_ what: [String]) throws {
        let command = workspace.buildCommand.split(separator: " ").map(String.init) + what
        // Of the compiler's environment is more than PATH: HOME for its caches, TMPDIR, proxies.
        let status = try processes.run(
            ChildProcess(
                executable: "/usr/bin/env", arguments: command,
                environment: ProcessInfo.processInfo.environment,
                workingDirectory: workspace.root))
        switch status {
        case .exited(0): return
        case .exited(127):
            throw RunnerError(
                "There is no swift in PATH; --skip-build packages what was built before.")
        default:
            throw RunnerError(
                """
                "\(command.joined(separator: " "))" in \(workspace.root) \(status); what it said \
                stands above. Nothing was packaged.
                """)
        }
    }
}
