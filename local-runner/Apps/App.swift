import Foundation
import Glibc

/// An app's folder: its settings, its schema and its functions.
struct App: Sendable {
    var file: AppFile
    /// Absolute.
    var folder: String
    /// The names of its functions, sorted: each is a subfolder.
    var functions: [String]

    var name: String { file.name }
    /// The host under which it answers at `/`.
    var host: String { name.lowercased() + ".localhost" }
    var schemaFolder: String { folder + "/Schema" }

    /// What a subfolder may be beside a function.
    private static let others: Set = ["Schema", "Shared"]

    /// The apps of a folder, sorted by name: the subfolders that hold an `app.yaml`.
    static func all(in workspace: Workspace) throws -> [App] {
        let manager = FileManager.default
        guard let names = try? manager.contentsOfDirectory(atPath: workspace.appsFolder) else {
            throw RunnerError(
                "The folder of apps \(workspace.appsFolder) cannot be read; --apps names another.")
        }
        let apps = try names.sorted().map { "\(workspace.appsFolder)/\($0)" }
            .filter { access("\($0)/\(AppFile.fileName)", F_OK) == 0 }
            .map(App.init(folder:))
        guard !apps.isEmpty else {
            throw RunnerError(
                """
                \(workspace.appsFolder) holds no app: none of its folders has an \
                \(AppFile.fileName).
                """)
        }
        return apps
    }

    init(folder: String) throws {
        file = try AppFile(readingFrom: folder)
        self.folder = folder
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        functions = names.filter { name in
            !Self.others.contains(name) && access("\(folder)/\(name)/\(name).swift", F_OK) == 0
        }
    }

    /// The source of a function.
    func source(of function: String) -> String { "\(folder)/\(function)/\(function).swift" }
}
