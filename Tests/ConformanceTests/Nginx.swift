import TestSupport

@testable import LocalRunner

/// nginx, which hands requests over FastCGI to fcgiwrap, which runs a CGI process for each.
struct Nginx: FunctionHost {
    let name = "nginx and fcgiwrap"
    static let key = "nginx"
    var key: String { Self.key }
    private let server: WebServer

    static let shared = Result { try Nginx() }

    private init() throws {
        server = try WebServer(name: Self.key)
        let gateway = server.folder + "/fastcgi"
        let configuration = try Self.configuration(socket: server.socket, gateway: gateway)
        let path = try server.write(configuration, to: "nginx.conf")
        // fcgiwrap hands its own environment on; so it has none.
        try server.start(
            ["/usr/sbin/fcgiwrap", "-f", "-c", "4", "-s", "unix:" + gateway], listeningAt: gateway)
        try server.start(
            ["/usr/sbin/nginx", "-e", "stderr", "-p", server.folder, "-c", path],
            listeningAt: server.socket)
    }

    func answer(_ call: FunctionCall) throws -> FunctionAnswer {
        try server.answer(call)
    }

    private static func configuration(socket: String, gateway: String) throws -> String {
        let locations = try WebServer.mounts(for: key).map { location($0, gateway) }
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

    private static func location(_ mount: WebServer.Mount, _ gateway: String) -> String {
        let variables = [
            ("GATEWAY_INTERFACE", "CGI/1.1"), ("SERVER_SOFTWARE", "nginx"),
            ("SERVER_PROTOCOL", "$server_protocol"), ("SERVER_NAME", "$host"),
            ("SERVER_PORT", "80"), ("REQUEST_METHOD", "$request_method"),
            ("SCRIPT_FILENAME", mount.executable), ("SCRIPT_NAME", "$fastcgi_script_name"),
            ("PATH_INFO", "$fastcgi_path_info"), ("QUERY_STRING", "$query_string"),
            ("CONTENT_TYPE", "$content_type"), ("CONTENT_LENGTH", "$content_length"),
        ]
        let lines = (variables + mount.variables).map { "fastcgi_param \($0.0) \"\($0.1)\";\n" }
        return "location ^~ \(mount.path) { fastcgi_pass unix:\(gateway);\n\(lines.joined()) }\n"
    }
}
