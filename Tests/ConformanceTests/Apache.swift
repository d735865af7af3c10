import FunctionRuntime
import Glibc
import TestSupport

@testable import LocalRunner

/// Apache, which runs a CGI process for each request itself.
struct Apache: FunctionHost {
    let name = "Apache"
    static let key = "apache"
    var key: String { Self.key }
    private let server: WebServer

    static let shared = Result { try Apache() }

    private init() throws {
        server = try WebServer(name: Self.key, isAtPort: true)
        let path = try server.write(
            Self.configuration(server, try WebServer.mounts(for: key)), to: "apache.conf")
        try server.start(Self.asAnother + ["/usr/sbin/apache2", "-D", "FOREGROUND", "-f", path])
    }

    /// Apache does not serve as root; where the tests run as root it is another user, who may open
    /// what root may, such as the database's socket.
    private static var asAnother: [String] {
        guard geteuid() == 0 else { return [] }
        return [
            "/usr/bin/setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups",
            "--inh-caps=+dac_override", "--ambient-caps=+dac_override",
        ]
    }

    /// Sends it as a proxy that Apache believes, for Apache sets REMOTE_ADDR itself.
    func answer(_ call: FunctionCall) throws -> FunctionAnswer {
        try server.answer(call, adding: ["x-real-ip": call.request.remoteAddress])
    }

    private static func configuration(_ server: WebServer, _ mounts: [WebServer.Mount]) -> String {
        let modules = ["mpm_prefork", "authz_core", "alias", "cgi", "env", "remoteip"].map {
            "LoadModule \($0)_module /usr/lib/apache2/modules/mod_\($0).so\n"
        }
        return """
            \(modules.joined())
            ServerRoot "\(server.folder)"
            ServerName localhost
            PidFile "\(server.folder)/apache.pid"
            ErrorLog /dev/stderr
            Mutex "file:\(server.folder)"
            Listen 127.0.0.1:\(server.place)
            StartServers 2
            MergeSlashes Off
            AllowEncodedSlashes NoDecode
            RemoteIPHeader X-Real-IP
            RemoteIPInternalProxy 127.0.0.1
            <Location "/">
                CGIPassAuth On
            </Location>
            \(mounts.map(location).joined())
            """
    }

    private static func location(_ mount: WebServer.Mount) -> String {
        let variables = mount.environment + mount.variables.filter { $0.name != "REMOTE_ADDR" }
        let lines = variables.map { "    SetEnv \($0.name) \"\(escape($0.value))\"\n" }
        return """
            ScriptAlias "\(mount.path)" "\(mount.executable)/"
            <Location "\(mount.path)">
            \(lines.joined())</Location>

            """
    }

    private static func escape(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    }
}
