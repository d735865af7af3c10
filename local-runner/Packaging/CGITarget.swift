/// CGI programs (RFC 3875) under nginx with fcgiwrap, or lighttpd.
struct CGITarget: PackageTarget {
    static let name = "cgi"

    func files(of bundle: PackageBundle) throws -> [PackageFile] {
        try bundle.executables() + bundle.parts.flatMap { try PackageFile.schema(of: $0.app) }
    }
}

extension PackageBundle {
    /// `bin/APP/FUNCTION` of each.
    func executables() -> [PackageFile] {
        functions.map { app, function in
            PackageFile(
                path: "bin/\(app.name)/\(function.name)", content: .file(function.executable),
                mode: 0o755)
        }
    }
}
