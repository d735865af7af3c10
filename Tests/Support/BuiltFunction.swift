import FunctionRuntime
import Synchronization

@testable import LocalRunner

/// A function as it was built, with what the runner knows of it.
public struct BuiltFunction: Sendable {
    private let app: App
    private let function: Catalog.Function

    private static let known = Mutex<[String: BuiltFunction]>([:])

    /// - Throws: ``TestError`` where it was not built or does not describe itself.
    public static func named(app: String, function: String) throws -> BuiltFunction {
        let executable = "\(Repository.build)/\(app)\(function)"
        if let function = known.withLock({ $0[executable] }) { return function }
        let outcome = try Program.run(executable, ["--describe"])
        guard outcome.status == 0 else {
            throw TestError("\(executable) --describe failed: \(outcome.errors.asText)")
        }
        let description = try FunctionDescription(try JSON(parsing: outcome.output), of: function)
        let built = BuiltFunction(
            app: try App(folder: Repository.folder(ofApp: app)),
            function: Catalog.Function(
                name: function, executable: executable, description: description))
        known.withLock { $0[executable] = built }
        return built
    }

    /// The path of its program.
    public var executable: String { function.executable }

    /// Whether it declares a database.
    public var hasDatabase: Bool { !function.description.names(of: "database").isEmpty }

    /// Whether it answers at a route, rather than when a schedule or a queue triggers it.
    public var isAtRoute: Bool { !function.description.paths.isEmpty }

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
    /// Variables have the values of `app.yaml`, whatever the tests' own environment has. A cache is
    /// in the Redis of the tests, and everything else that it uses in their services, each under
    /// names that begin with the scope.
    public func environment(databaseURL: String?, scope: String) throws -> [String: String] {
        var environment = FunctionEnvironment.make(
            for: function, of: app, databaseURL: databaseURL, services: nil)
        for name in function.description.names(of: "variable") {
            environment[name] = app.file.variables[name]
        }
        if !function.description.names(of: "cache").isEmpty {
            environment["REDIS_URL"] = try TestRedis.shared.get().url
            environment["REDIS_KEY_PREFIX"] = scope + ":"
        }
        for binding in function.description.bindings {
            let variables = try TestServices.variables(for: binding, of: app, in: scope)
            environment.merge(variables) { $1 }
        }
        return environment
    }
}
