import Glibc

/// The environment of a function's process: what it declares, and no more.
///
/// So a function does not come to depend on what happens to be set where it was written, and does
/// not see the secrets of another.
enum FunctionEnvironment {
    /// What every process may rely on.
    private static let basics = [
        "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": "UTC",
        // Where it crashed, in as few lines as tell it.
        "SWIFT_BACKTRACE": "color=no,registers=none,images=none",
    ]

    /// The environment of one function.
    ///
    /// - Parameters:
    ///   - function: what declares its bindings.
    ///   - app: whose it is.
    ///   - databaseURL: the address of the app's function role.
    ///   - services: where the emulated services are; nil where nothing emulates them.
    /// - Returns: all variables by name.
    static func make(
        for function: Catalog.Function, of app: App, databaseURL: String?,
        services: EmulatedAddresses?
    ) -> [String: String] {
        var environment = basics
        for name in function.description.names(of: "variable") {
            environment[name] = value(of: name, in: app)
        }
        if !function.description.names(of: "database").isEmpty {
            environment["DATABASE_URL"] = databaseURL
        }
        for binding in function.description.bindings {
            environment.merge(services?.variables(for: binding, of: app) ?? [:]) { $1 }
        }
        return environment
    }

    /// The runner's own environment wins over the default in `app.yaml`.
    static func value(of variable: String, in app: App) -> String? {
        getenv(variable).map { String(cString: $0) } ?? app.file.variables[variable]
    }
}
