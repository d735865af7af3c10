import Glibc

/// A kind of host that functions are packaged for.
///
/// It says what goes into the package; how that gets there, stripped, unchanged where it was there
/// already and the same byte for byte each time, is not its concern.
protocol PackageTarget: Sendable {
    /// What its host does otherwise than the runner, to be told once; a sentence each.
    func warnings(about bundle: PackageBundle) throws -> [String]

    /// All that the package holds.
    ///
    /// - Throws: ``RunnerError`` where it cannot be made, with what to do.
    func files(of bundle: PackageBundle) throws -> [PackageFile]
}

extension PackageTarget {
    func warnings(about bundle: PackageBundle) throws -> [String] { [] }
}

extension HostTarget {
    /// What makes packages for it.
    var packager: any PackageTarget {
        switch self {
        case .cgi: CGITarget()
        case .fastcgi: FastCGITarget()
        case .lambda: LambdaTarget()
        case .openfaas: OpenFaaSTarget()
        case .systemd: SystemdTarget()
        }
    }
}

/// What is packaged.
struct PackageBundle: Sendable {
    /// An app with those of its functions that were chosen and that the target can carry.
    struct Part: Sendable {
        var app: App
        /// Sorted by name; ``Catalog/Function/executable`` is stripped.
        var functions: [Catalog.Function]
    }

    /// Sorted by name; none without functions.
    var parts: [Part]
    /// Where the package will be installed: an absolute path without a slash at its end.
    var prefix: String
    /// Where sockets will be on the host, likewise.
    var sockets: String
    let processes: Guard

    /// All functions, with their apps.
    var functions: [(app: App, function: Catalog.Function)] {
        parts.flatMap { part in part.functions.map { (part.app, $0) } }
    }
}

/// A file of a package.
struct PackageFile: Sendable {
    enum Content: Sendable {
        case text(String)
        /// The bytes of a file that is there.
        case file(String)
        /// A ZIP archive of files, which are sorted by path.
        case zip([PackageFile])
    }

    /// Within the package, such as `bin/Brainstorm/SignIn`.
    var path: String
    var content: Content
    /// What others may do is up to the target; by default all may read.
    var mode: mode_t = 0o644
}

extension PackageFile {
    /// The migrations of an app, as `local-runner db migrate` applies them.
    static func schema(of app: App, in folder: String = "schema") throws -> [PackageFile] {
        guard app.file.hasDatabase else { return [] }
        return try Migration.all(in: app.schemaFolder).map { migration in
            PackageFile(
                path: "\(folder)/\(app.name)" + migration.path.dropFirst(app.schemaFolder.count),
                content: .text(migration.sql))
        }
    }
}
