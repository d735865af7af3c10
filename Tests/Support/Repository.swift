import Foundation

/// Where things lie in the working copy that the tests were built from.
public enum Repository {
    public static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    public static let fixtures = root + "/Tests/Fixtures"

    /// The folder of the built executables: the test bundle lies in it, and is this program.
    public static let build = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().path

    /// The folder of an app; `Probes` are the functions that only tests need.
    public static func folder(ofApp app: String) -> String {
        app == "Probes" ? root + "/Tests/Probes" : root + "/Functions/" + app
    }

    /// The names of an app's functions, sorted.
    public static func functions(ofApp app: String) -> [String] {
        let folder = folder(ofApp: app)
        return names(in: folder).filter { name in
            FileManager.default.fileExists(atPath: "\(folder)/\(name)/\(name).swift")
        }
    }

    /// The names within a folder, sorted; none where there is no such folder.
    public static func names(in folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }

    /// The bytes of a file.
    public static func bytes(of path: String) throws -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw TestError("\(path) cannot be read.")
        }
        return Array(data)
    }
}
