import Foundation
import Glibc

/// A folder of one test, removed with this object, and with it what a link in it leads to.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/apus-testXXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw TestError("No temporary folder can be made.") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        // Another user may pass, as in any folder that a repository lies in.
        chmod(path, 0o755)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Writes a file, with the folders above it.
    func write(_ text: String, to name: String) throws {
        let url = URL(filePath: "\(path)/\(name)")
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }

    /// The permissions of a file.
    func mode(of name: String) throws -> mode_t {
        var status = stat()
        guard stat("\(path)/\(name)", &status) == 0 else {
            throw TestError("\(name) is not there.")
        }
        return status.st_mode & 0o777
    }

    func remove(_ name: String) throws {
        try FileManager.default.removeItem(atPath: "\(path)/\(name)")
    }

    /// Makes the folder of an app named Probes, with functions that are built.
    ///
    /// It has a database where there are SQL files, which come by their names.
    func writeApp(functions: [String] = ["Echo"], schema: [String: String] = [:]) throws {
        let database = schema.isEmpty ? "" : "\ndatabase: true"
        try write(
            "name: Probes\nsummary: Functions of the tests.\(database)\n", to: "Probes/app.yaml")
        for function in functions {
            try write(
                "/// Answers with what it was sent.\n@main\n",
                to: "Probes/\(function)/\(function).swift")
        }
        for (name, sql) in schema { try write(sql, to: "Probes/Schema/\(name)") }
    }
}
