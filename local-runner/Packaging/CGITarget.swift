/// CGI programs (RFC 3875) under nginx with fcgiwrap, or under lighttpd.
struct CGITarget: PackageTarget {
    func warnings(about bundle: PackageBundle) -> [String] {
        WebServerRules.warnings(about: bundle)
    }

    func files(of bundle: PackageBundle) throws -> [PackageFile] {
        try bundle.commonFiles() + [
            HostScripts.configure(bundle, servers: "nginx lighttpd"),
            LighttpdConfiguration(bundle: bundle, mode: .cgi).file(),
            InstallationGuide.cgi(bundle),
        ] + NginxConfiguration(bundle: bundle, gateway: .programs).files()
            + Crontab.files(of: bundle)
    }
}

/// What hosts with a web server in front have in common.
enum WebServerRules {
    static func warnings(about bundle: PackageBundle) -> [String] {
        let held = bundle.functions.filter { _, function in
            function.description.isWebSocket
                || !function.description.names(of: "realtime").isEmpty
                    && !function.description.paths.isEmpty
        }
        guard !held.isEmpty else { return [] }
        let names = held.map { "\($0.app.name)/\($0.function.name)" }.joined(separator: ", ")
        return [
            """
            Streams and WebSockets need Pushpin in front of the web server, and GRIP_URL must be its; \
            these publish or are held: \(names).
            """
        ]
    }
}

extension PackageBundle {
    /// What every host without a packager of its own gets: executables, migrations, examples of the
    /// variables.
    func commonFiles() throws -> [PackageFile] {
        let executables = functions.map { app, function in
            PackageFile(
                path: "bin/\(app.name)/\(function.name)", content: .file(function.executable),
                mode: 0o755)
        }
        return try executables + environmentExamples()
            + parts.flatMap { try PackageFile.schema(of: $0.app) }
    }
}
