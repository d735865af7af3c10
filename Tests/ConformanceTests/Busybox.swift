import FunctionRuntime
import Glibc
import TestSupport

@testable import LocalRunner

/// busybox's httpd, which runs what lies in its folder `cgi-bin` for each request.
///
/// It sets no variables of anybody's, so each function stands behind a script that does.
struct Busybox: FunctionHost {
    let name = "busybox httpd"
    static let key = "busybox"
    var key: String { Self.key }
    private let server: WebServer

    static let shared = Result { try Busybox() }

    private init() throws {
        server = try WebServer(name: Self.key, isAtPort: true)
        mkdir(server.folder + "/www", 0o755)
        mkdir(server.folder + "/www/cgi-bin", 0o755)
        for mount in try WebServer.mounts(for: key) {
            _ = try server.write(
                Self.script(mount), to: "www/cgi-bin/\(mount.name)", mode: 0o755)
        }
        try server.start(
            [
                "/usr/bin/busybox", "httpd", "-f", "-p", "127.0.0.1:\(server.place)", "-h",
                server.folder + "/www",
            ])
    }

    /// Behind the name of a script it takes no lone slash, which functions without a route get.
    func answer(_ call: FunctionCall) throws -> FunctionAnswer {
        var call = call
        if call.request.path == "/" { call.request.path = "" }
        return try server.answer(call, below: "/cgi-bin")
    }

    /// Whether a fixture has what it does not carry: it tells functions the length of no body but a
    /// POST's (CONTENT_LENGTH), so that none reads another.
    func isAtLoss(_ file: FixtureFile, _ fixture: Fixture) throws -> Bool {
        try Stage(
            file, fixture, hostKey: key, in: try Children.sandbox.get()
        ).calls().contains { call in
            call.request.method != "POST" && !call.request.body.isEmpty
        }
    }

    private static func script(_ mount: WebServer.Mount) -> String {
        let lines = (mount.environment + mount.variables).map { variable in
            "export \(variable.name)='\(variable.value.replacing("'", with: "'\\''"))'\n"
        }
        return "#!/bin/sh\n\(lines.joined())exec '\(mount.executable)'\n"
    }
}
