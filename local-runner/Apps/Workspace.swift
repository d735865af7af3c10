import Foundation
import Glibc

/// Where things are: the repository, the apps' folders, the executables.
///
/// All is found from the runner's own executable, `<repository>/.build/…/<configuration>/local-runner`;
/// so a command means the same from whatever folder it is typed in.
struct Workspace: Sendable {
    /// The folder that holds Package.swift.
    let root: String
    /// The folder whose subfolders are apps.
    let appsFolder: String
    /// The folder of the functions' executables.
    let executables: String

    /// `debug` or `release`.
    var configuration: String { URL(fileURLWithPath: executables).lastPathComponent }

    /// The command that builds what is missing.
    var buildCommand: String {
        configuration == "release"
            ? "swift build -c release --static-swift-stdlib" : "swift build"
    }

    /// - Parameters:
    ///   - apps: relative to the repository.
    ///   - isRelease: whether the executables of the release build are meant; otherwise those are
    ///     that stand beside the runner.
    /// - Throws: ``RunnerError`` where the runner's executable lies in no repository.
    init(apps: String, isRelease: Bool) throws {
        let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let beside = URL(fileURLWithPath: program).deletingLastPathComponent()
        root = try Self.root(above: beside)
        appsFolder = Self.resolve(apps, in: root)
        executables =
            isRelease
            ? beside.deletingLastPathComponent().appendingPathComponent("release").path
            : beside.path
    }

    private static func root(above folder: URL) throws -> String {
        var folder = folder
        while folder.path != "/" {
            if access(folder.appendingPathComponent("Package.swift").path, F_OK) == 0 {
                return folder.path
            }
            folder.deleteLastPathComponent()
        }
        throw RunnerError(
            """
            There is no Package.swift in any folder above local-runner's executable. It works \
            where swift build puts it, in the repository's .build.
            """)
    }

    /// A path as it stands in an option, relative to the repository.
    func resolve(_ path: String) -> String {
        Self.resolve(path, in: root)
    }

    private static func resolve(_ path: String, in root: String) -> String {
        URL(fileURLWithPath: path, relativeTo: URL(fileURLWithPath: root, isDirectory: true))
            .standardizedFileURL.path
    }

    /// A path as a message shows it: below the repository, without the repository's.
    func short(_ path: String) -> String {
        path.hasPrefix(root + "/") ? String(path.dropFirst(root.count + 1)) : path
    }
}
