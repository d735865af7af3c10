import FunctionRuntime

/// A function as it was built, with what the runner knows of it.
struct BuiltFunction: Sendable {
    private let sandbox: Sandbox
    private let app: App
    private let function: Catalog.Function

    /// - Throws: ``RunnerError`` where it was not built or does not describe itself.
    init(app: String, function: String, in sandbox: Sandbox) throws {
        self.sandbox = sandbox
        self.app = try sandbox.app(app)
        let executable = "\(sandbox.executables)/\(app)\(function)"
        let outcome = try sandbox.processes.output(
            of: ChildProcess(executable: executable, arguments: ["--describe"]),
            isReadingErrors: true, seconds: 60)
        guard outcome.status == .exited(0) else {
            throw RunnerError("\(executable) --describe failed: \(outcome.errors.asText)")
        }
        self.function = Catalog.Function(
            name: function, executable: executable,
            description: try FunctionDescription(try JSON(parsing: outcome.output), of: function))
    }

    /// The path of its program.
    var executable: String { function.executable }

    /// Whether it declares a database.
    var hasDatabase: Bool { !function.description.names(of: "database").isEmpty }

    /// Whether it answers at a route, rather than when a schedule or a queue triggers it.
    var isAtRoute: Bool { !function.description.paths.isEmpty }

    /// Where the runner's server finds it.
    func mount(databaseURL: String?, scope: String) throws -> Mount {
        try Mount(
            app: app.name, function: function.name, method: function.description.method,
            paths: function.description.paths, host: app.host, prefix: app.file.prefix,
            executable: function.executable,
            environment: environment(databaseURL: databaseURL, scope: scope),
            envelope: function.description.envelope,
            isWebSocket: function.description.isWebSocket)
    }

    /// What the runner hands it.
    ///
    /// Variables have the values of `app.yaml`, whatever the environment of this process has. A
    /// cache is in the sandbox's Redis, and everything else that it uses in its services, each under
    /// names that begin with the scope.
    func environment(databaseURL: String?, scope: String) throws -> [String: String] {
        var environment = FunctionEnvironment.make(
            for: function, of: app, databaseURL: databaseURL, services: nil)
        for name in function.description.names(of: "variable") {
            environment[name] = app.file.variables[name]
        }
        if !function.description.names(of: "cache").isEmpty {
            environment["REDIS_URL"] = try sandbox.redis().url
            environment["REDIS_KEY_PREFIX"] = scope + ":"
        }
        for binding in function.description.bindings {
            let variables = try sandbox.services().variables(for: binding, of: app, in: scope)
            environment.merge(variables) { $1 }
        }
        return environment
    }
}
