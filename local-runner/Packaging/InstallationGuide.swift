/// The README.md of a package: how it gets onto its host.
enum InstallationGuide {
    static func cgi(_ bundle: PackageBundle) throws -> PackageFile {
        try guide(
            "CGI programs", bundle, packages: ["nginx", "fcgiwrap"],
            steps: """
                3. `\(bundle.prefix)/sbin/configure` makes of them what the web servers include. Run it \
                again whenever a value has changed, and reload the server.
                4. nginx: copy `nginx/site.conf` to `/etc/nginx/sites-enabled/apus.conf`, put your name and \
                certificate into it, `nginx -t && systemctl reload nginx`. Or lighttpd, instead of nginx and \
                fcgiwrap: `include "\(bundle.prefix)/lighttpd.conf"` in its configuration.
                """)
    }

    static func fastCGI(_ bundle: PackageBundle) throws -> PackageFile {
        try guide(
            "FastCGI", bundle, packages: ["nginx", "spawn-fcgi"],
            steps: """
                3. `\(bundle.prefix)/sbin/functions start` starts \(FastCGITarget.processes) processes of each \
                function (`PROCESSES=4` other than that), each with the variables that it declares; `stop` ends them. \
                Run it at the start of the machine, and again whenever a value has changed.
                4. nginx: copy `nginx/site.conf` to `/etc/nginx/sites-enabled/apus.conf`, put your name and \
                certificate into it, `nginx -t && systemctl reload nginx`.

                lighttpd starts the functions itself, instead of 3 and 4: `sbin/configure` makes what it includes of the \
                env files, and `include "\(bundle.prefix)/lighttpd.conf"` belongs into its configuration. The folder \
                `\(bundle.sockets)` and in it one for each app must be there, and be lighttpd's.
                """)
    }

    static func systemd(_ bundle: PackageBundle) throws -> PackageFile {
        let targets = bundle.parts.map { "apus-\($0.app.name.lowercased()).target" }
        return try guide(
            "Units of systemd", bundle, packages: ["nginx"],
            steps: """
                A backslash in a value is written twice here, as systemd reads the file.
                3. `cp \(bundle.prefix)/units/* /etc/systemd/system/ && systemctl daemon-reload && systemctl enable --now \
                \(targets.joined(separator: " "))`. A function starts with the first request at its socket; \
                `systemctl stop 'apus-*.service'` makes them start anew, with values that have changed.
                That is one process; `systemctl enable --now apus-APP-FUNCTION@2` adds another at the same socket.
                4. nginx: copy `nginx/site.conf` to `/etc/nginx/sites-enabled/apus.conf`, put your name and \
                certificate into it, `nginx -t && systemctl reload nginx`.
                """)
    }

    static func guide(
        _ title: String, _ bundle: PackageBundle, packages: [String], steps: String
    ) throws -> PackageFile {
        let libraries = try SharedLibraries(processes: bundle.processes)
            .packages(of: bundle.functions.map(\.function.executable))
        let apps = bundle.parts.map { "\($0.app.name) at `\($0.app.file.prefix)`" }
        return PackageFile(
            path: "README.md",
            content: .text(
                """
                # \(title)

                \(bundle.functions.count) functions: \(apps.joined(separator: ", ")). Paths within are those of the \
                functions.

                1. `apt-get install --no-install-recommends \
                \((packages + libraries).joined(separator: " "))`, and copy this folder to `\(bundle.prefix)`.
                2. In `\(bundle.prefix)/etc`, copy each `APP.env.example` to `APP.env`, mode 0600, owned by root, and \
                fill it in.
                \(steps)
                \(migrations(bundle))
                """))
    }

    /// What is to be done with `schema/`; nothing where no app has a database.
    private static func migrations(_ bundle: PackageBundle) -> String {
        let databases = bundle.parts.filter(\.app.file.hasDatabase).map { part in
            "DATABASE_URL_\(part.app.name.uppercased())='postgres://…' "
                + ".build/debug/local-runner db migrate --no-seed "
                + "--state ~/apus-production \(part.app.name)"
        }
        return databases.isEmpty
            ? ""
            : """

            ## Databases

            `schema/` has the migrations that these executables need. They are applied from the repository, with \
            the address of an administrating role; what is applied already is left alone:

            ```
            \(databases.joined(separator: "\n"))
            ```

            The functions connect as the role `<app>_function`, whose password is made then, kept in \
            `passwords.json` there, and set anew whenever migrations are applied: it belongs into \
            `DATABASE_URL` of the env file. Without `--no-seed` a new database would get the demo data, accounts included.

            """
    }
}
