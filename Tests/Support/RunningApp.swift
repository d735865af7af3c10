public import FunctionRuntime
import Glibc

@testable public import LocalRunner

/// An app behind the runner's own server, in this process, on a free port of the loopback.
public final class RunningApp {
    private let server: Server
    private let console: Console
    private let app: String

    /// - Parameters:
    ///   - app: its name.
    ///   - database: the name of the database that its functions get.
    /// - Throws: where a function is not built, or the server cannot be started.
    public init(_ app: String, database: String) throws {
        self.app = app
        let url = try World.of(app).functionURL(in: database)
        let mounts = try Repository.functions(ofApp: app).map {
            try BuiltFunction.named(app: app, function: $0).mount(
                databaseURL: url, scope: database)
        }
        var options = ServerOptions()
        options.port = 0
        options.addresses = ["127.0.0.1"]
        let log = try Children.folder("runner-" + database) + "/log"
        console = Console(descriptor: open(log, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0o600))
        server = try Server(
            mounts: mounts, options: options, processes: Children.processes.get(),
            console: console)
        try server.start()
    }

    deinit {
        server.stop(patience: 1)
    }

    /// Who sends it requests.
    public var client: AppClient { AppClient(of: app, port: server.port) }

    /// Sends a request, and leaves its answer to be read later.
    public func begin(
        _ method: String, _ target: String, json: JSON? = nil, headers: Headers = [:]
    ) throws -> HTTPClient.Exchange {
        try client.begin(method, target, json: json, headers: headers)
    }

    /// Sends a request and reads its answer.
    public func send(
        _ method: String, _ target: String, json: JSON? = nil, headers: Headers = [:]
    ) throws -> FunctionAnswer {
        try begin(method, target, json: json, headers: headers).answer()
    }
}
