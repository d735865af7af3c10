public import FunctionRuntime
import Glibc

@testable import LocalRunner

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
                databaseURL: url, cachePrefix: database + ":")
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

    /// Sends a request, and leaves its answer to be read later.
    ///
    /// - Parameters:
    ///   - method: such as `GET`.
    ///   - target: path and query, below the app.
    ///   - json: the body; nil for none.
    ///   - headers: beside `host` and `content-type`.
    /// - Returns: the exchange, whose answer is to be read.
    /// - Throws: ``TestError`` where nobody listens.
    public func begin(
        _ method: String, _ target: String, json: JSON? = nil, headers: Headers = [:]
    ) throws -> HTTPClient.Exchange {
        var headers = headers
        headers["host"] = "\(app.lowercased()).localhost:\(server.port)"
        if json != nil { headers["content-type"] = "application/json" }
        return try HTTPClient(.port(server.port)).begin(
            method, target, headers: headers, body: json?.bytes ?? [])
    }

    /// Sends a request and reads its answer.
    public func send(
        _ method: String, _ target: String, json: JSON? = nil, headers: Headers = [:]
    ) throws -> Answer {
        try begin(method, target, json: json, headers: headers).answer()
    }
}
