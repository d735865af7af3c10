import Foundation
import Glibc

@testable public import LocalRunner

/// Programs that the tests keep running beside them, such as a web server, and their files.
///
/// They share the sandbox in which fixtures are replayed, which ends with the test process. It is
/// removed when that ends in good order, and else by the next one.
public enum Children {
    public static let sandbox: Result<Sandbox, any Error> = Result {
        let folders =
            Repository.names(in: Repository.root + "/Functions").map(Repository.folder(ofApp:))
            + [Repository.folder(ofApp: "Probes")]
        let sandbox = try Sandbox(
            apps: folders.filter { access($0 + "/app.yaml", F_OK) == 0 }.map(App.init(folder:)),
            executables: Repository.build, fixtures: Repository.fixtures,
            runner: Repository.build + "/local-runner")
        atexit { Children.end() }
        return sandbox
    }

    private static func end() {
        try? sandbox.get().close()
    }

    static let processes = Result { try sandbox.get().processes }

    /// Starts a program whose output goes to a log.
    ///
    /// - Parameters:
    ///   - command: the path of the program and its arguments.
    ///   - environment: the whole of it.
    ///   - log: the file that its output and errors are added to.
    /// - Returns: whether it still runs, for as long as it is asked.
    /// - Throws: where it cannot be started.
    public static func start(
        _ command: [String], environment: [String: String] = [:], log: String
    ) throws -> @Sendable () -> Bool {
        guard let path = command.first else { throw TestError("There is no program to start.") }
        return try processes.get().start(
            ChildProcess(
                executable: path, arguments: Array(command.dropFirst()), environment: environment,
                standardOutput: .file(log), standardError: .file(log)))
    }

    /// Makes a new folder, whose path is short.
    public static func folder(_ name: String) throws -> String {
        try sandbox.get().makeFolder(name)
    }
}

extension World {
    /// The world of an app, which all tests share.
    public static func of(_ app: String) throws -> World {
        try Children.sandbox.get().world(of: app)
    }
}

extension BuiltFunction {
    /// A function in the sandbox of the tests.
    public static func named(app: String, function: String) throws -> BuiltFunction {
        try Children.sandbox.get().function(app, function)
    }
}

extension SandboxRedis {
    /// One beside that of the sandbox, for a test that disturbs it.
    public init(_ name: String) throws {
        try self.init(in: Children.folder(name), processes: Children.processes.get())
    }
}
