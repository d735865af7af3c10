public import FunctionRuntime
import Synchronization

/// A function as it was built, and what it says of itself.
public struct BuiltFunction: Sendable {
    public var executable: String
    public var description: JSON

    private static let known = Mutex<[String: BuiltFunction]>([:])

    /// - Throws: ``TestError`` where it was not built or does not describe itself.
    public static func named(app: String, function: String) throws -> BuiltFunction {
        let executable = "\(Repository.build)/\(app)\(function)"
        if let function = known.withLock({ $0[executable] }) { return function }
        let outcome = try Program.run(executable, ["--describe"])
        guard outcome.status == 0 else {
            throw TestError("\(executable) --describe failed: \(outcome.errors.asText)")
        }
        let built = BuiltFunction(
            executable: executable, description: try JSON(parsing: outcome.output))
        known.withLock { $0[executable] = built }
        return built
    }

    /// The variables that the runner would hand it, but for the database's address.
    public var environment: [String: String] { [:] }

    /// Whether it declares a database.
    public var hasDatabase: Bool {
        guard case .array(let bindings)? = description["bindings"] else { return false }
        return bindings.contains { $0["kind"] == "database" }
    }
}
