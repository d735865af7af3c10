/// Socket-activated units of systemd: a function starts with the first request at its socket.
struct SystemdTarget: PackageTarget {
    func warnings(about bundle: PackageBundle) -> [String] {
        WebServerRules.warnings(about: bundle)
    }

    func files(of bundle: PackageBundle) throws -> [PackageFile] {
        let units = try bundle.parts.flatMap { part in
            try SystemdUnits(bundle: bundle, part: part).files()
        }
        return try bundle.commonFiles() + units + [InstallationGuide.systemd(bundle)]
            + NginxConfiguration(bundle: bundle, gateway: .functions).files()
    }
}

/// The units of an app.
///
/// The function of a route is a `.socket` with a `@.service` whose standard input is that socket: one
/// process starts by itself, and more may share it. A scheduled one is a `.timer` with a `.service` that is handed its event. A `.target` holds all of
/// them together.
struct SystemdUnits {
    let bundle: PackageBundle
    let part: PackageBundle.Part

    private var app: App { part.app }
    private var target: String { "apus-\(app.name.lowercased()).target" }

    func files() throws -> [PackageFile] {
        let units = try part.functions.flatMap { function in
            let name = "apus-\(app.name)-\(function.name)"
            guard let expression = try function.expression(in: app) else {
                return [
                    file("\(name).socket", socket(of: function)),
                    file("\(name)@.service", service(of: function)),
                ]
            }
            return [
                file("\(name).timer", timer(of: function, at: try expression.calendarEvents)),
                file("\(name).service", oneshot(of: function, expression)),
            ]
        }
        let starters = units.map(\.path).filter { !$0.hasSuffix(".service") }
            .map { $0.dropFirst("units/".count) }
        return units + [
            file(
                target,
                """
                [Unit]
                Description=The functions of \(app.name)
                Wants=\(starters.joined(separator: " "))

                [Install]
                WantedBy=multi-user.target

                """)
        ]
    }

    private func file(_ name: String, _ text: String) -> PackageFile {
        PackageFile(path: "units/\(name)", content: .text(text))
    }

    private func socket(of function: Catalog.Function) -> String {
        """
        [Unit]
        Description=\(app.name)/\(function.name), where the web server reaches it
        PartOf=\(target)

        [Socket]
        Service=apus-\(app.name)-\(function.name)@1.service
        ListenStream=\(bundle.socket(of: function, in: app))
        SocketMode=0660
        SocketUser=www-data
        SocketGroup=www-data

        """
    }

    private func service(of function: Catalog.Function) -> String {
        """
        [Unit]
        Description=\(app.name)/\(function.name), process %i
        PartOf=\(target)

        [Service]
        Sockets=apus-\(app.name)-\(function.name).socket
        ExecStart=\(executable(of: function))
        StandardInput=socket
        StandardOutput=journal
        Restart=on-failure
        \(Self.hardening)\(variables(of: function))
        [Install]
        WantedBy=\(target)

        """
    }

    private func timer(of function: Catalog.Function, at events: [String]) -> String {
        """
        [Unit]
        Description=When \(app.name)/\(function.name) runs
        PartOf=\(target)

        [Timer]
        \(events.map { "OnCalendar=\($0)" }.joined(separator: "\n"))
        AccuracySec=1s

        """
    }

    /// Cron hands it its event as a line of JSON.
    private func oneshot(of function: Catalog.Function, _ expression: CronExpression) -> String {
        """
        [Unit]
        Description=\(app.name)/\(function.name)

        [Service]
        Type=oneshot
        ExecStart=\(executable(of: function))
        StandardInputText={"schedule":"\(expression)"}
        StandardOutput=journal
        \(Self.hardening)\(variables(of: function))
        """
    }

    private func executable(of function: Catalog.Function) -> String {
        "\(bundle.prefix)/bin/\(app.name)/\(function.name)"
    }

    /// The variables that the function declares: those of the others are taken away again.
    private func variables(of function: Catalog.Function) -> String {
        let own = Set(PackageVariable.all(of: function, in: app).map(\.name))
        guard !own.isEmpty else { return "" }
        let others = PackageVariable.all(of: part.functions, in: app).map(\.name)
            .filter { !own.contains($0) }
        let file = "EnvironmentFile=\(bundle.environmentFile(of: app))\n"
        return others.isEmpty
            ? file : file + "UnsetEnvironment=\(others.joined(separator: " "))\n"
    }

    /// A function needs its executable, the network and nothing else of the machine.
    private static let hardening = """
        DynamicUser=yes
        CapabilityBoundingSet=
        LockPersonality=yes
        MemoryDenyWriteExecute=yes
        MemoryMax=512M
        NoNewPrivileges=yes
        PrivateDevices=yes
        PrivateTmp=yes
        ProcSubset=pid
        ProtectClock=yes
        ProtectControlGroups=yes
        ProtectHome=yes
        ProtectHostname=yes
        ProtectKernelLogs=yes
        ProtectKernelModules=yes
        ProtectKernelTunables=yes
        ProtectProc=invisible
        ProtectSystem=strict
        RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
        RestrictNamespaces=yes
        RestrictRealtime=yes
        RestrictSUIDSGID=yes
        SystemCallArchitectures=native
        SystemCallFilter=@system-service
        SystemCallErrorNumber=EPERM
        UMask=0077

        """
}
