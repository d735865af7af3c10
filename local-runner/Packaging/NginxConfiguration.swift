/// What nginx needs to serve functions over FastCGI.
///
/// `http.conf` belongs into `http { }` and `locations.conf` into a `server { }`; `site.conf` is a whole
/// server that includes both, to be copied and changed. A path chooses a location, the method
/// chooses a function there, and each function has one named location, however many paths it has.
/// How a request gets there: `return` of a status that nobody else uses, for which `error_page` names
/// the function; method and body stay with it.
struct NginxConfiguration {
    /// Who runs the functions.
    enum Gateway {
        /// fcgiwrap, which starts a CGI program for each request: nginx hands it the variables.
        case programs
        /// Each function by itself, at a socket of its own.
        case functions
    }

    let bundle: PackageBundle
    let gateway: Gateway

    static let bodyLimit = "\(HostTraits.runnerBodyLimit >> 20)m"
    static let seconds = HostTraits.seconds
    /// The first of the statuses that mean a function.
    private static let firstStatus = 460

    func files() -> [PackageFile] {
        [
            PackageFile(path: "nginx/http.conf", content: .text(http)),
            PackageFile(path: "nginx/params.conf", content: .text(Self.parameters)),
            PackageFile(path: "nginx/locations.conf", content: .text(locations)),
            PackageFile(path: "nginx/site.conf", content: .text(site)),
        ]
    }

    private var site: String {
        let upstream =
            gateway == .programs
            ? """
            # Where fcgiwrap listens.
            upstream apus_fcgiwrap {
                server unix:/run/fcgiwrap.socket;
            }


            """ : ""
        return """
            # A server of nginx: copy it to /etc/nginx/sites-enabled/apus.conf, and put your name and
            # your certificate into it.
            \(upstream)include \(bundle.prefix)/nginx/http.conf;

            server {
                listen 80;
                server_name _;
                include \(bundle.prefix)/nginx/locations.conf;
            }

            """
    }

    private var http: String {
        let parts =
            switch gateway {
            case .programs:
                // Made by sbin/configure, as nginx has another form for values than env files.
                bundle.parts.map { "include \(bundle.prefix)/etc/\($0.app.name).nginx.conf;\n" }
            case .functions: routed.map { upstream($0, $1) }
            }
        return """
            # Belongs into http { }. Nothing here needs to be changed.
            # A dollar sign that is no variable's.
            geo $apus_dollar { default "$"; }
            \(parts.joined())
            """
    }

    private func upstream(_ app: App, _ function: Catalog.Function) -> String {
        """
        upstream apus_\(app.name)_\(function.name) {
            server unix:\(bundle.socket(of: function, in: app));
            keepalive 4;
        }

        """
    }

    /// The functions that have routes.
    private var routed: [(app: App, function: Catalog.Function)] {
        bundle.functions.filter { !$0.function.description.paths.isEmpty }
    }

    private static let parameters = """
        # What RFC 3875 has a server say, and what Apus adds: the request's id.
        fastcgi_param GATEWAY_INTERFACE CGI/1.1;
        fastcgi_param SERVER_SOFTWARE nginx;
        fastcgi_param SERVER_PROTOCOL $server_protocol;
        fastcgi_param SERVER_NAME $host;
        fastcgi_param SERVER_PORT $server_port;
        fastcgi_param REMOTE_ADDR $remote_addr;
        fastcgi_param REMOTE_PORT $remote_port;
        fastcgi_param HTTPS $https if_not_empty;
        fastcgi_param REQUEST_METHOD $request_method;
        fastcgi_param REQUEST_URI $request_uri;
        fastcgi_param QUERY_STRING $query_string;
        fastcgi_param CONTENT_TYPE $content_type;
        fastcgi_param CONTENT_LENGTH $content_length;
        fastcgi_param PATH_INFO $fastcgi_path_info;
        fastcgi_param APUS_REQUEST_ID $request_id;
        # Programs take HTTP_PROXY for the proxy that they are to use (httpoxy).
        fastcgi_param HTTP_PROXY "";

        """

    private var locations: String {
        """
        # Belongs into a server { }. Nothing here needs to be changed.
        client_max_body_size \(Self.bodyLimit);
        # A path with two slashes is another path.
        merge_slashes off;
        \(routed.map { location(of: $1, in: $0) }.joined())
        \(bundle.parts.map(routes).joined())
        """
    }

    /// The named location of a function.
    private func location(of function: Catalog.Function, in app: App) -> String {
        let prefix = app.file.prefix
        let lines =
            switch gateway {
            case .programs:
                [
                    "fastcgi_pass apus_fcgiwrap;",
                    "fastcgi_param SCRIPT_FILENAME "
                        + "\"\(bundle.prefix)/bin/\(app.name)/\(function.name)\";",
                ]
                    + PackageVariable.all(of: function, in: app).map {
                        "fastcgi_param \($0.name) $apus_\(app.name)_\($0.name);"
                    }
            case .functions:
                ["fastcgi_pass apus_\(app.name)_\(function.name);", "fastcgi_keep_conn on;"]
            }
        return """

            location \(Self.name(of: function.name, in: app)) {
                fastcgi_split_path_info "^(\(prefix))((?s:/.*))$";
                include \(bundle.prefix)/nginx/params.conf;
                fastcgi_param SCRIPT_NAME \(Self.quoted(prefix));
                fastcgi_read_timeout \(Self.seconds)s;
                \(lines.joined(separator: "\n    "))
            }

            """
    }

    private static func name(of function: String, in app: App) -> String {
        "@apus-\(app.name)-\(function)"
    }

    /// The paths of an app, and last what is none of them.
    private func routes(of part: PackageBundle.Part) -> String {
        let app = part.app
        let answer = Self.refusal(
            404, "not-found", "Nothing is at this path.", of: part.functions)
        let rows = RouteTable(part.functions).rows.map { row in
            self.location(of: row, in: app, part.functions)
        }
        return """
            \(rows.joined())
            location \(Self.quoted(app.file.prefix + "/")) {
                default_type application/json;
                \(answer)
            }

            """
    }

    private func location(
        of row: RouteTable.Row, in app: App, _ functions: [Catalog.Function]
    ) -> String {
        let path =
            row.path.isFixed
            ? "= " + Self.quoted(app.file.prefix + row.path.text)
            : "~ " + Self.quoted(row.path.pattern(below: app.file.prefix))
        var lines: [String] = []
        for (offset, entry) in row.functions.enumerated() {
            let status = Self.firstStatus + offset
            let name = Self.name(of: entry.function, in: app)
            lines += [
                "error_page \(status) = \(name);",
                "if ($request_method ~ \"^(\(entry.methods.joined(separator: "|")))$\") "
                    + "{ return \(status); }",
            ]
        }
        let refusal = Self.refusal(
            405, "method-not-allowed", "This path takes \(row.allow).", of: functions)
        return """

            location \(path) {
                default_type application/json;
                \(lines.joined(separator: "\n    "))
                add_header Allow "\(row.allow), OPTIONS" always;
                if ($request_method = OPTIONS) { return 204; }
                \(refusal)
            }

            """
    }

    /// An answer of nginx's own in the app's envelope.
    private static func refusal(
        _ status: Int, _ code: String, _ message: String, of functions: [Catalog.Function]
    ) -> String {
        let envelope = functions.first?.description.envelope ?? Refusal.envelope
        let body = envelope.replacing("{code}", with: code).replacing("{message}", with: message)
        return "return \(status) \(quoted(body, escapingDollars: true));"
    }

    /// A text as nginx reads it between quotation marks.
    static func quoted(_ text: String, escapingDollars: Bool = false) -> String {
        let quoted = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return "\"\(escapingDollars ? quoted.replacing("$", with: "${apus_dollar}") : quoted)\""
    }
}

extension PackageBundle {
    /// The socket of a function on the host.
    func socket(of function: Catalog.Function, in app: App) -> String {
        "\(sockets)/\(app.name)/\(function.name).sock"
    }
}
