import ArgumentParser

/// Options that every command takes, with one meaning.
struct CommonOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The port to serve on.", valueName: "number"))
    var port = 8787

    @Option(
        help: ArgumentHelp(
            "The folder of databases, passwords and lock; relative to the repository.",
            valueName: "folder"))
    var state = ".local"

    @Option(
        help: ArgumentHelp(
            "The folder whose subfolders with an app.yaml are the apps; relative to the repository.",
            valueName: "folder"))
    var apps = "Functions"

    @Flag(help: "Use the executables of the release build.")
    var release = false

    func validate() throws {
        guard (0...65535).contains(port) else {
            throw ValidationError("There is no port \(port); ports are numbered up to 65535.")
        }
    }

    func workspace() throws -> Workspace {
        try Workspace(apps: apps, isRelease: release)
    }

    func stateFolder(in workspace: Workspace) throws -> StateFolder {
        try StateFolder(workspace.resolve(state))
    }
}
