import TestSupport

@testable import LocalRunner

/// nginx, which speaks FastCGI: to fcgiwrap, which runs a CGI process for each request, or to the
/// functions themselves.
struct Nginx: FunctionHost {
    let name: String
    let key: String
    private let server: WebServer
    private let isWrapped: Bool

    static let withWrapper = Result { try Nginx(isWrapped: true) }
    static let withFastCGI = Result { try Nginx(isWrapped: false) }

    private init(isWrapped: Bool) throws {
        self.isWrapped = isWrapped
        name = isWrapped ? "nginx and fcgiwrap" : "nginx and FastCGI"
        key = isWrapped ? "nginx" : "nginxfast"
        server = try WebServer(name: key)
        let wrapper = isWrapped ? server.gateway(of: "fcgiwrap") : nil
        let locations = try WebServer.mounts(for: key).map { [server] mount in
            Self.location(mount, wrapper ?? server.gateway(of: mount.name), !isWrapped)
        }
        let configuration = Self.configuration(socket: server.place, locations)
        let path = try server.write(configuration, to: "nginx.conf")
        if let wrapper {
            // fcgiwrap hands its own environment on; so it has none.
            try server.start(
                ["/usr/sbin/fcgiwrap", "-f", "-c", "4", "-s", "unix:" + wrapper],
                listeningAt: .socket(path: wrapper))
        }
        try server.start(["/usr/sbin/nginx", "-e", "stderr", "-p", server.folder, "-c", path])
    }

    func answer(_ call: FunctionCall) throws -> FunctionAnswer {
        isWrapped
            ? try server.answer(call) : try server.serving(call) { try server.answer(call) }
    }

    private static func configuration(socket: String, _ locations: [String]) -> String {
        let temporary = ["client_body", "fastcgi", "proxy", "scgi", "uwsgi"]
            .map { "\($0)_temp_path temporary;" }.joined(separator: " ")
        return """
            daemon off;
            master_process off;
            pid nginx.pid;
            error_log stderr;
            events {}
            http {
                access_log off;
                client_max_body_size 32m;
                \(temporary)
                server {
                    listen unix:\(socket);
                    fastcgi_split_path_info ^(/[^/]*)(/.*)$;
            \(locations.joined())
                }
            }

            """
    }

    private static func location(
        _ mount: WebServer.Mount, _ gateway: String, _ isServing: Bool
    ) -> String {
        let variables = [
            ("SERVER_SOFTWARE", "nginx"),
            ("SERVER_PROTOCOL", "$server_protocol"), ("SERVER_NAME", "$host"),
            ("SERVER_PORT", "80"), ("REQUEST_METHOD", "$request_method"),
            ("SCRIPT_FILENAME", mount.executable), ("SCRIPT_NAME", "$fastcgi_script_name"),
            ("PATH_INFO", "$fastcgi_path_info"), ("QUERY_STRING", "$query_string"),
            ("CONTENT_TYPE", "$content_type"), ("CONTENT_LENGTH", "$content_length"),
            ("GATEWAY_INTERFACE", "CGI/1.1"),
        ]
        // A function that serves has its environment already.
        let more = isServing ? mount.variables : mount.environment + mount.variables
        let lines = (variables + more).map { "fastcgi_param \($0.0) \"\($0.1)\";\n" }
        return "location ^~ \(mount.path) { fastcgi_pass unix:\(gateway);\n\(lines.joined()) }\n"
    }
}
