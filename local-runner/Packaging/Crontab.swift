/// The scheduled functions of a package as a file for /etc/cron.d.
enum Crontab {
    /// None where nothing is scheduled.
    static func files(of bundle: PackageBundle) throws -> [PackageFile] {
        let lines = try bundle.functions.compactMap { app, function -> String? in
            guard let expression = try function.expression(in: app) else { return nil }
            let names = PackageVariable.all(of: function, in: app).map(\.name)
            let words = ["\(app.name)/\(function.name)", "'\(expression)'"] + names
            return "\(try expression.crontab) root \(bundle.prefix)/sbin/run-scheduled "
                + words.joined(separator: " ")
        }
        guard !lines.isEmpty else { return [] }
        return [
            HostScripts.runScheduled(),
            PackageFile(
                path: "crontab",
                content: .text(
                    """
                    # Copy this to /etc/cron.d/apus. Times are UTC: so must the time zone of the machine
                    # be. Weekdays are 0 to 6 here, and 0 is Sunday.
                    \(lines.joined(separator: "\n"))

                    """)),
        ]
    }
}
