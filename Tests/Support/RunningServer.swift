import Foundation

@testable import LocalRunner

/// A server in this process with the probes mounted at `/probes` and `probes.localhost`, and its
/// log in a file.
final class RunningServer {
    static let guardian = Result { try Guard(executable: products + "/local-runner") }
    /// Where the executables are that were built with these tests.
    static let products = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().path

    static let envelope = #"{"success":false,"error":{"code":"{code}","text":"{message}"}}"#

    private static let routes = [
        ("Crash", "GET", ["/crash/{how}"]), ("Echo", "POST", ["/echo"]),
        ("Exit", "GET", ["/exit/{status}"]), ("Garbage", "POST", ["/garbage"]),
        ("Inject", "GET", ["/inject/{where}"]), ("Large", "GET", ["/large/{size}"]),
        ("Mirror", "POST", ["/mirror"]), ("ShowRequest", "GET", ["/show/{name}", "/show"]),
        ("Shout", "GET", ["/shout/{words}"]), ("Sleep", "GET", ["/sleep/{milliseconds}"]),
        ("Missing", "GET", ["/missing"]),
    ]

    static var mounts: [Mount] {
        routes.map { name, method, paths in
            Mount(
                app: "Probes", function: name, method: method, paths: paths,
                host: "probes.localhost", prefix: "/probes",
                executable: "\(products)/Probes\(name)",
                environment: ["SWIFT_BACKTRACE": "enable=no"], envelope: envelope)
        }
    }

    let server: Server
    private let console: Console
    private let log: URL

    /// - Parameters:
    ///   - mounts: makes the functions, given the port.
    ///   - services: what the runner emulates.
    ///   - change: of how it serves.
    /// - Throws: where it cannot be started.
    init(
        mounts: @escaping (Int) throws -> [Mount], services: [any Service] = [],
        _ change: (inout ServerOptions) -> Void
    ) throws {
        var options = ServerOptions()
        options.port = 0
        options.addresses = ["127.0.0.1"]
        change(&options)
        log = URL(fileURLWithPath: NSTemporaryDirectory() + "apus-test-" + UUID().uuidString)
        let descriptor = open(log.path, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0o600)
        let console = Console(descriptor: descriptor)
        self.console = console
        server = try Server(
            mounts: [], options: options, processes: Self.guardian.get(), services: services,
            console: console)
        try server.start(mounts: mounts)
    }

    /// A server of the probes.
    convenience init(
        services: [any Service] = [], _ change: (inout ServerOptions) -> Void = { _ in }
    ) throws {
        try self.init(mounts: { _ in Self.mounts }, services: services, change)
    }

    deinit {
        server.stop(patience: 0)
        try? FileManager.default.removeItem(at: log)
    }

    func connect() throws -> Client {
        try Client(port: server.port)
    }

    /// Sends one request on a connection of its own.
    func send(_ request: String, body: [UInt8]? = nil) throws -> Reply {
        let client = try connect()
        try client.write(Self.message(request, body: body))
        return try client.reply(isHead: request.hasPrefix("HEAD "))
    }

    /// A request from its first lines: `GET /probes/show/a`, and header lines if there are any.
    static func message(_ request: String, body: [UInt8]? = nil) -> [UInt8] {
        var lines = request.split(separator: "\n").map(String.init)
        lines[0] += lines[0].contains(" HTTP/1.") ? "" : " HTTP/1.1"
        if !lines.contains(where: { $0.lowercased().hasPrefix("host:") }) {
            lines.append("Host: localhost")
        }
        if let body { lines.append("Content-Length: \(body.count)") }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + (body ?? [])
    }

    /// All that has been logged.
    func logged() throws -> String {
        console.flush()
        return try String(contentsOf: log, encoding: .utf8)
    }

    /// Waits until the log has a text, for as long as a test may wait for anything.
    func waits(for text: String) throws -> Bool {
        try eventually { try logged().contains(text) }
    }
}

/// Whether a process runs; one that nobody has waited for yet does not.
func isRunning(_ pid: pid_t) -> Bool {
    guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else {
        return false
    }
    return stat.split(separator: ")").last?.hasPrefix(" Z") == false
}
