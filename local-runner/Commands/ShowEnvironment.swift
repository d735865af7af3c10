import ArgumentParser
import FunctionRuntime

/// Prints where everything is that the running copy emulates.
struct ShowEnvironment: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "env",
        abstract: "Print the addresses and keys of everything emulated, for a shell.",
        discussion: """
            After

                eval "$(local-runner env)"

            every vendor's SDK and command line in that shell works on the running copy: they read \
            these variables by themselves. DATABASE_URL_<APP> is the address of the role above all \
            others, as psql takes it; GRIP_URL_<APP> is where the app's realtime is published, as \
            the gripcontrol libraries take it.
            """)

    @OptionGroup var common: CommonOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let variables = try variables()
        guard !json else {
            return print(JSON.object(variables.map { .init($0.name, .string($0.value)) }).pretty)
        }
        for variable in variables { print("export \(variable.name)=\(Self.quote(variable.value))") }
    }

    private func variables() throws -> [(name: String, value: String)] {
        let copy = try RunningCopy(common)
        let workspace = try common.workspace()
        let state = try common.stateFolder(in: workspace)
        let apps = try App.all(in: workspace)
        let addresses = EmulatedAddresses(
            port: copy.port, credentials: copy.credentials,
            redis: try .inUse(in: state, apps: apps))
        var variables = addresses.variables.map { (name: $0.key, value: $0.value) }
        variables += apps.map { app in
            (name: "GRIP_URL_\(app.name.uppercased())", value: addresses.gripURL(of: app.name))
        }
        let processes = try Guard()
        defer { processes.stop() }
        let servers = try DatabaseServers(
            for: apps, in: state, processes: processes, command: "env")
        defer { servers.close() }
        variables += servers.databases.map { database in
            (
                name: "DATABASE_URL_\(database.app.uppercased())",
                value: database.server.adminURL(database: database.name)
            )
        }
        // So that "up" in the same shell does not take its own servers for somebody else's.
        variables.append((name: StateFolder.variable, value: state.path))
        return variables
    }

    /// A word of the shell that stands for a text, whatever is in it.
    private static func quote(_ text: String) -> String {
        "'"
            + text.split(separator: "'", omittingEmptySubsequences: false).joined(
                separator: "'\\''")
            + "'"
    }
}
