/// Functions that stay: each at a socket of its own, with FastCGI, started by spawn-fcgi or lighttpd.
struct FastCGITarget: PackageTarget {
    /// Processes of each function.
    static let processes = 2

    func warnings(about bundle: PackageBundle) -> [String] {
        WebServerRules.warnings(about: bundle)
    }

    func files(of bundle: PackageBundle) throws -> [PackageFile] {
        try bundle.commonFiles() + [
            HostScripts.configure(bundle, servers: "lighttpd"),
            HostScripts.control(bundle, processes: Self.processes),
            LighttpdConfiguration(bundle: bundle, mode: .fastcgi).file(),
            InstallationGuide.fastCGI(bundle),
        ] + NginxConfiguration(bundle: bundle, gateway: .functions).files()
            + Crontab.files(of: bundle)
    }
}
