/// What lighttpd needs to serve functions: it starts them by itself, as CGI programs or with FastCGI.
///
/// A chain of conditions finds the function of a path and a method. lighttpd has no way to answer by
/// itself with a text, so what no function takes goes to one that says so in the app's own words.
struct LighttpdConfiguration {
    enum Mode { case cgi, fastcgi }

    let bundle: PackageBundle
    let mode: Mode

    /// Processes of a function that run from the start.
    static let processes = 2

    func file() -> PackageFile {
        let module = mode == .cgi ? "\"mod_alias\", \"mod_cgi\"" : "\"mod_fastcgi\""
        let includes = bundle.parts.map {
            "include \"\(bundle.prefix)/etc/\($0.app.name).lighttpd.conf\"\n"
        }
        return PackageFile(
            path: "lighttpd.conf",
            content: .text(
                """
                # Include this in lighttpd.conf:
                #     include "\(bundle.prefix)/lighttpd.conf"
                server.modules += ("mod_setenv", \(module))
                # In kilobytes.
                server.max-request-size = 10240
                # What a query holds is for the function to judge.
                server.http-parseopts += ("url-ctrls-reject" => "disable")
                \(includes.joined())
                \(bundle.parts.map(conditions).joined())
                """))
    }

    private func conditions(of part: PackageBundle.Part) -> String {
        let routed = part.functions.filter { !$0.description.paths.isEmpty }
        guard
            let last = routed.min(by: {
                $0.description.bindings.count < $1.description.bindings.count
            })
        else { return "" }
        let rows = RouteTable(part.functions).rows.map { row in
            let path =
                row.path.isFixed
                ? "== " + Self.quoted(part.app.file.prefix + row.path.text)
                : "=~ " + Self.quoted(row.path.pattern(below: part.app.file.prefix))
            return "$HTTP[\"url\"] \(path) {\n\(choice(of: row, in: part))}\n"
        }
        let rest =
            "$HTTP[\"url\"] =^ \(Self.quoted(part.app.file.prefix + "/")) {\n"
            + settings(of: last, in: part.app) + "}\n"
        return (rows + [rest]).joined(separator: "else ")
    }

    /// The function of each method; what none takes goes to the first, which refuses it.
    private func choice(of row: RouteTable.Row, in part: PackageBundle.Part) -> String {
        let entries = row.functions.compactMap { entry in
            part.functions.first { $0.name == entry.function }.map { ($0, entry.methods) }
        }
        let choices = entries.map { function, methods in
            """
            $HTTP["request-method"] =~ "^(\(methods.joined(separator: "|")))$" {
            \(settings(of: function, in: part.app))}
            """
        }
        let refusal = entries.prefix(1).map { function, _ in
            """
            {
            \(settings(of: function, in: part.app))\
                setenv.set-response-header = ("Allow" => "\(row.allow)")
            }

            """
        }
        return (choices + refusal).joined(separator: "\nelse ")
    }

    private func settings(of function: Catalog.Function, in app: App) -> String {
        let executable = Self.quoted("\(bundle.prefix)/bin/\(app.name)/\(function.name)")
        let variables = PackageVariable.all(of: function, in: app).map {
            "\"\($0.name)\" => var.apus_\(app.name)_\($0.name)"
        }
        let list = variables.joined(separator: ",\n        ")
        switch mode {
        case .cgi:
            let alias = executable.dropLast() + "/\""
            return """
                    alias.url = (\(Self.quoted(app.file.prefix + "/")) => \(alias))
                    cgi.assign = ("" => "")
                    setenv.set-environment = (
                        \(list))

                """
        case .fastcgi:
            return """
                    fastcgi.server = (\(Self.quoted(app.file.prefix)) => ((
                        "socket" => \(Self.quoted(bundle.socket(of: function, in: app))),
                        "bin-path" => \(executable),
                        "max-procs" => \(Self.processes),
                        "check-local" => "disable",
                        "bin-copy-environment" => ("TZ"),
                        "bin-environment" => (
                        \(list)))))

                """
        }
    }

    /// A text as lighttpd reads it between quotation marks.
    static func quoted(_ text: String) -> String {
        "\"\(text.replacing("\"", with: "\\\""))\""
    }
}
