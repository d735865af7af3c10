import FunctionRuntime
import TestSupport

@testable import LocalRunner

/// lighttpd, which runs a CGI process for each request itself.
struct Lighttpd: FunctionHost {
    let name = "lighttpd"
    static let key = "lighttpd"
    var key: String { Self.key }
    private let server: WebServer

    static let shared = Result { try Lighttpd() }

    private init() throws {
        server = try WebServer(name: Self.key)
        let configuration = try Self.configuration(folder: server.folder, socket: server.socket)
        let path = try server.write(configuration, to: "lighttpd.conf")
        try server.start(["/usr/sbin/lighttpd", "-D", "-f", path], listeningAt: server.socket)
    }

    /// Sends it as a proxy that lighttpd believes, for lighttpd sets REMOTE_ADDR itself.
    func answer(_ call: FunctionCall) throws -> FunctionAnswer {
        try server.answer(call, adding: ["x-real-ip": call.request.remoteAddress])
    }

    private static func configuration(folder: String, socket: String) throws -> String {
        let mounts = try WebServer.mounts(for: key)
        let aliases = mounts.map { "\"\($0.path)\" => \"\($0.executable)/\"" }
        return """
            server.document-root = "\(folder)"
            server.bind = "\(socket)"
            server.modules = ("mod_alias", "mod_extforward", "mod_setenv", "mod_cgi")
            # What a query holds is for the function to judge.
            server.http-parseopts = ("url-ctrls-reject" => "disable")
            extforward.forwarder = ("all" => "trust")
            extforward.headers = ("X-Real-IP")
            cgi.assign = ("" => "")
            alias.url = (\(aliases.joined(separator: ",\n")))
            \(mounts.map(condition).joined())
            """
    }

    private static func condition(_ mount: WebServer.Mount) -> String {
        let variables = mount.variables.map { "\"\($0.name)\" => \"\($0.value)\"" }
        return """
            $HTTP["url"] =^ "\(mount.path)" {
                setenv.set-environment = (\(variables.joined(separator: ", ")))
            }

            """
    }
}
