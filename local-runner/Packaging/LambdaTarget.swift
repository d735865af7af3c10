import Foundation
import Glibc

/// AWS Lambda: an archive a function, one layer of libraries, and a template of AWS SAM.
///
/// The C library of Debian 12 is newer than that of `provided.al2023`, so functions bring the loader
/// and all libraries, in one layer, which Lambda unpacks at `/opt`. `bootstrap` is one line that
/// names the loader as its interpreter and the function as what to load: no shell starts. A wholly
/// static function is `bootstrap` itself.
struct LambdaTarget: PackageTarget {
    /// Where the layer has the loader and the libraries.
    static let libraries = "/opt/lib"
    /// Where the layer has the certificates of those whom TLS trusts.
    ///
    /// Debian's libcurl and libpq look for them at a place that Amazon Linux does not have.
    static let certificates = "/opt/ssl/ca-certificates.crt"

    /// Where Debian has them (package `ca-certificates`).
    private static let ownCertificates = "/etc/ssl/certs/ca-certificates.crt"

    func files(of bundle: PackageBundle) throws -> [PackageFile] {
        let libraries = SharedLibraries(processes: bundle.processes)
        var layer: [String: String] = [:]
        var dynamic: Set<String> = []
        for (app, function) in bundle.functions {
            let closure = try libraries.closure(of: function.executable)
            for library in closure { layer[library.name] = library.path }
            if !closure.isEmpty { dynamic.insert(LambdaName.of(function, in: app)) }
        }
        let loader = layer.keys.sorted().first { $0.hasPrefix("ld-linux") }
        var files = try bundle.functions.map { app, function in
            try archive(of: function, in: app, loader: loader, dynamic: dynamic)
        }
        if !layer.isEmpty { files.append(try Self.layer(layer)) }
        let template = LambdaTemplate(bundle: bundle, dynamic: dynamic)
        try template.check()
        files.append(PackageFile(path: "template.yaml", content: .text(template.text)))
        files.append(PackageFile(path: "README.md", content: .text(template.readMe)))
        return try files + bundle.parts.flatMap { try PackageFile.schema(of: $0.app) }
    }

    private func archive(
        of function: Catalog.Function, in app: App, loader: String?, dynamic: Set<String>
    ) throws -> PackageFile {
        let name = LambdaName.of(function, in: app)
        let path = "functions/\(name).zip"
        guard dynamic.contains(name) else {
            let bootstrap = PackageFile(
                path: "bootstrap", content: .file(function.executable), mode: 0o755)
            return PackageFile(path: path, content: .zip([bootstrap]))
        }
        guard let loader else {
            throw RunnerError("\(app.name)/\(function.name) loads libraries and names no loader.")
        }
        let line = "#!\(Self.libraries)/\(loader) /var/task/function\n"
        return PackageFile(
            path: path,
            content: .zip([
                PackageFile(path: "bootstrap", content: .text(line), mode: 0o755),
                PackageFile(path: "function", content: .file(function.executable), mode: 0o755),
            ]))
    }

    /// The loader and the libraries, with the certificates.
    private static func layer(_ libraries: [String: String]) throws -> PackageFile {
        guard access(ownCertificates, R_OK) == 0 else {
            throw RunnerError(
                "\(ownCertificates) is missing; install Debian's package ca-certificates.")
        }
        let files = libraries.map { name, path in
            PackageFile(path: "lib/\(name)", content: .file(path), mode: 0o755)
        }
        let trusted = PackageFile(
            path: String(certificates.dropFirst("/opt/".count)), content: .file(ownCertificates))
        return PackageFile(path: "layer.zip", content: .zip(files + [trusted]))
    }
}
