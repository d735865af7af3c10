import FunctionRuntime
import Glibc

@testable import LocalRunner
@testable import TestSupport

/// A package where its host has it, with the web server that is configured as it is written there.
final class Installed {
    let prefix: String
    let bundle: PackageBundle
    private let folder: TemporaryFolder
    private var client: HTTPClient { HTTPClient(.socket(path: prefix + "/http")) }

    /// Writes the package of some functions of an app named Probes.
    ///
    /// - Parameters:
    ///   - target: the kind of host.
    ///   - functions: whatever they are.
    ///   - variables: the lines of the env file.
    /// - Throws: where it cannot be written.
    init(
        _ target: any PackageTarget, _ functions: [Catalog.Function], variables: [String] = []
    ) throws {
        folder = try TemporaryFolder()
        prefix = folder.path + "/apus"
        bundle = try Parts.bundle(functions, prefix: prefix, sockets: folder.path + "/run")
        try PackageFolder(prefix).write(try target.files(of: bundle)) { _, _, _ in }
        try folder.write(
            (variables + [""]).joined(separator: "\n"), to: "apus/etc/Probes.env")
    }

    deinit {
        _ = try? Program.run(
            prefix + "/sbin/functions", ["stop"], environment: Self.environment)
    }

    private static let environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "OWNER": ""]

    /// Runs one of the package's scripts.
    func run(_ script: String, _ arguments: [String] = []) throws -> Program.Outcome {
        var environment = Self.environment
        environment["LOGS"] = folder.path + "/log"
        return try Program.run(
            "\(prefix)/sbin/\(script)", arguments, environment: environment)
    }

    /// Runs a script that must succeed.
    func succeed(_ script: String, _ arguments: [String] = []) throws {
        let outcome = try run(script, arguments)
        guard outcome.status == 0 else {
            throw TestError("\(script) failed: \(String(decoding: outcome.errors, as: UTF8.self))")
        }
    }

    /// Starts nginx, with fcgiwrap where programs are to be run.
    func startNginx(_ gateway: NginxConfiguration.Gateway) throws {
        var upstream = ""
        if gateway == .programs {
            try succeed("configure")
            let socket = prefix + "/fcgiwrap"
            upstream = "upstream apus_fcgiwrap { server unix:\(socket); }"
            try start(["/usr/sbin/fcgiwrap", "-f", "-c", "2", "-s", "unix:" + socket], at: socket)
        } else {
            try succeed("functions", ["start"])
        }
        let temporary = ["client_body", "fastcgi", "proxy", "scgi", "uwsgi"]
            .map { "\($0)_temp_path temporary;" }.joined(separator: " ")
        try folder.write(
            """
            daemon off; master_process off; pid nginx.pid; error_log stderr;
            events {}
            http {
                access_log off; \(temporary)
                \(upstream)
                include \(prefix)/nginx/http.conf;
                server { listen unix:\(prefix)/http; include \(prefix)/nginx/locations.conf; }
            }
            """, to: "apus/test.conf")
        try start(
            ["/usr/sbin/nginx", "-e", "stderr", "-p", prefix, "-c", prefix + "/test.conf"],
            at: prefix + "/http")
    }

    /// Starts lighttpd, which starts the functions.
    func startLighttpd() throws {
        try succeed("configure")
        mkdir(bundle.sockets, 0o755)
        mkdir(bundle.sockets + "/Probes", 0o755)
        try folder.write(
            """
            server.document-root = "\(prefix)/schema"
            server.bind = "\(prefix)/http"
            include "\(prefix)/lighttpd.conf"
            """, to: "apus/test.conf")
        try start(
            ["/usr/sbin/lighttpd", "-D", "-f", prefix + "/test.conf"], at: prefix + "/http")
    }

    private func start(_ command: [String], at socket: String) throws {
        let log = folder.path + "/log.txt"
        let isRunning = try Children.start(command, log: log)
        let client = HTTPClient(.socket(path: socket))
        guard eventually({ !isRunning() || client.isAnswered }), isRunning() else {
            let said = String(decoding: try Repository.bytes(of: log), as: UTF8.self)
            throw TestError("\(command[0]) does not listen: \(said)")
        }
    }

    /// Sends a request below the app's prefix.
    func send(
        _ method: String, _ path: String, headers: Headers = [:], body: String = ""
    ) throws -> FunctionAnswer {
        var headers = headers
        headers["host"] = "localhost"
        return try client.send(
            method, "/probes" + path, headers: headers, body: Array(body.utf8))
    }

    /// The environment of a function's first process, where there is one.
    func environment(of function: String) throws -> [String] {
        let file = try Repository.bytes(of: "\(bundle.sockets)/Probes/\(function).pid")
        let pid = String(decoding: file, as: UTF8.self).split { " \n".contains($0) }.first ?? ""
        return try Repository.bytes(of: "/proc/\(pid)/environ").split(separator: 0)
            .map { String(decoding: $0, as: UTF8.self) }
    }
}
