import FunctionRuntime
import TestSupport
import Testing

@testable import LocalRunner

/// lighttpd, which runs a CGI process for each request itself, or speaks FastCGI to the functions.
struct Lighttpd: FunctionHost {
    let name: String
    let key: String
    private let server: WebServer
    private let isServing: Bool

    static let withCGI = Result { try Lighttpd(isServing: false) }
    static let withFastCGI = Result { try Lighttpd(isServing: true) }

    /// What it does not carry over FastCGI, and why.
    static let losses: [String: Comment] = [
        "Brainstorm/OpenSocket/no-websocket":
            "It takes Upgrade out of an answer, but for those of its mod_proxy and mod_cgi."
    ]

    private init(isServing: Bool) throws {
        self.isServing = isServing
        name = isServing ? "lighttpd and FastCGI" : "lighttpd"
        key = isServing ? "lighttpdfast" : "lighttpd"
        server = try WebServer(name: key)
        let mounts = try WebServer.mounts(for: key)
        let configuration = Self.configuration(
            server, isServing ? Self.gateways(mounts, server) : Self.programs(mounts),
            mounts.map { Self.condition($0, isServing) })
        let path = try server.write(configuration, to: "lighttpd.conf")
        try server.start(["/usr/sbin/lighttpd", "-D", "-f", path])
    }

    /// Sends it as a proxy that lighttpd believes, for lighttpd sets REMOTE_ADDR itself.
    func answer(_ call: FunctionCall) throws -> FunctionAnswer {
        let send = { try server.answer(call, adding: ["x-real-ip": call.request.remoteAddress]) }
        return isServing ? try server.serving(call, send) : try send()
    }

    private static func configuration(
        _ server: WebServer, _ functions: String, _ conditions: [String]
    ) -> String {
        """
        server.document-root = "\(server.folder)"
        server.bind = "\(server.place)"
        server.modules = ("mod_alias", "mod_extforward", "mod_setenv", "mod_cgi", "mod_fastcgi")
        # What a query holds is for the function to judge.
        server.http-parseopts = ("url-ctrls-reject" => "disable")
        extforward.forwarder = ("all" => "trust")
        extforward.headers = ("X-Real-IP")
        \(functions)
        \(conditions.joined())
        """
    }

    private static func programs(_ mounts: [WebServer.Mount]) -> String {
        let aliases = mounts.map { "\"\($0.path)\" => \"\($0.executable)/\"" }
        return """
            cgi.assign = ("" => "")
            alias.url = (\(aliases.joined(separator: ",\n")))
            """
    }

    private static func gateways(_ mounts: [WebServer.Mount], _ server: WebServer) -> String {
        let gateways = mounts.map { mount in
            "\"/\(mount.name)\" => ((\"socket\" => \"\(server.gateway(of: mount.name))\","
                + " \"check-local\" => \"disable\"))"
        }
        return "fastcgi.server = (\(gateways.joined(separator: ",\n")))"
    }

    private static func condition(_ mount: WebServer.Mount, _ isServing: Bool) -> String {
        // A function that serves has its environment already.
        let variables = (isServing ? [] : mount.environment) + mount.variables
        let lines = variables.map { "\"\($0.name)\" => \"\($0.value)\"" }
        return """
            $HTTP["url"] =^ "\(mount.path)" {
                setenv.set-environment = (\(lines.joined(separator: ", ")))
            }

            """
    }
}
