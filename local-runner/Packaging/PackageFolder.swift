import Foundation
import FunctionRuntime
import Glibc

/// The folder that a package is written to.
///
/// A list in it, `.apus-package`, names what was written with what each file was made of. So an
/// unchanged file is not written again, what no longer belongs to the package is removed, and what
/// somebody else has put there is never touched.
struct PackageFolder {
    /// What happened to a file.
    enum Change: String {
        case written, unchanged, removed
    }

    /// Absolute.
    let path: String
    private var known: [String: Entry] = [:]

    static let listName = ".apus-package"
    /// When every file was last changed: 1980-01-01, as in archives.
    private static let time = timespec(tv_sec: 315_532_800, tv_nsec: 0)

    /// A file as it was written.
    private struct Entry: Decodable {
        var path: String
        var digest: String
        var size: Int
        var mode: Int
    }

    /// - Throws: ``RunnerError`` where the folder holds something, and no package.
    init(_ path: String) throws {
        self.path = path
        let manager = FileManager.default
        guard let names = try? manager.contentsOfDirectory(atPath: path), !names.isEmpty else {
            return
        }
        guard names.contains(Self.listName),
            let data = manager.contents(atPath: "\(path)/\(Self.listName)"),
            let entries = try? JSON(parsing: Array(data)).decode(as: [Entry].self)
        else {
            let some = names.sorted().prefix(3) + (names.count > 3 ? ["…"] : [])
            throw RunnerError(
                """
                \(path) holds other things (\(some.joined(separator: ", "))) and no package; \
                --output takes an empty folder, a new one, or that of an earlier \
                package.
                """)
        }
        known = Dictionary(entries.map { ($0.path, $0) }) { $1 }
    }

    /// Makes the folder hold these files, and none that an earlier package had beside them.
    ///
    /// - Parameters:
    ///   - files: of the package, in any order.
    ///   - report: told of each file, as it is done.
    /// - Throws: ``RunnerError`` or ``SystemCallError`` where one cannot be written.
    func write(
        _ files: [PackageFile], report: (PackageFile, Change, _ size: Int) -> Void
    ) throws {
        let files = files.sorted { $0.path < $1.path }
        try checkForeign(files)
        var entries: [Entry] = []
        for file in files {
            var entry = Entry(
                path: file.path, digest: try file.digest(), size: 0, mode: Int(file.mode))
            if let size = unchangedSize(of: entry) {
                entry.size = size
                report(file, .unchanged, size)
            } else {
                let bytes = try file.bytes()
                entry.size = bytes.count
                try put(bytes, at: file.path, mode: file.mode)
                report(file, .written, bytes.count)
            }
            entries.append(entry)
        }
        let stale = Set(known.keys).subtracting(entries.map(\.path)).sorted()
        for path in stale {
            try remove(path)
            report(PackageFile(path: path, content: .text("")), .removed, 0)
        }
        try put(Self.list(of: entries), at: Self.listName, mode: 0o644)
    }

    private func checkForeign(_ files: [PackageFile]) throws {
        for file in files where known[file.path] == nil {
            guard access("\(path)/\(file.path)", F_OK) != 0 else {
                throw RunnerError(
                    """
                    \(path)/\(file.path) is in the way: the package has such a file, and did not \
                    write this one. Move it away.
                    """)
            }
        }
    }

    /// The size of a file that is as it was written; nil where it must be written.
    private func unchangedSize(of entry: Entry) -> Int? {
        guard let before = known[entry.path], before.digest == entry.digest else { return nil }
        var status = stat()
        guard lstat("\(path)/\(entry.path)", &status) == 0,
            Int(status.st_mode) == Int(S_IFREG) | entry.mode, Int(status.st_size) == before.size,
            status.st_mtim.tv_sec == Self.time.tv_sec
        else { return nil }
        return before.size
    }

    /// Puts a file in place in one step, so that whoever runs it has the old one or the new one.
    private func put(_ bytes: [UInt8], at name: String, mode: mode_t) throws {
        let target = "\(path)/\(name)"
        let folder = URL(fileURLWithPath: target).deletingLastPathComponent().path
        let temporary = "\(target).\(getpid())"
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o755])
            try Data(bytes).write(to: URL(fileURLWithPath: temporary))
        } catch {
            throw RunnerError("\(target) cannot be written: \(error.localizedDescription)")
        }
        var times = [Self.time, Self.time]
        guard chmod(temporary, mode) == 0, utimensat(AT_FDCWD, temporary, &times, 0) == 0,
            rename(temporary, target) == 0
        else { throw SystemCallError("Writing \(target)") }
    }

    /// Removes a file, and the folders that it leaves empty.
    private func remove(_ name: String) throws {
        guard unlink("\(path)/\(name)") == 0 || errno == ENOENT else {
            throw SystemCallError("Removing \(path)/\(name)")
        }
        var folder = name.split(separator: "/").dropLast()
        while !folder.isEmpty, rmdir("\(path)/\(folder.joined(separator: "/"))") == 0 {
            folder = folder.dropLast()
        }
    }

    private static func list(of entries: [Entry]) -> [UInt8] {
        let lines = entries.map { entry -> String in
            let json: JSON = [
                "path": .string(entry.path), "digest": .string(entry.digest),
                "size": .number(String(entry.size)), "mode": .number(String(entry.mode)),
            ]
            return String(decoding: json.bytes, as: UTF8.self)
        }
        return Array("[\n\(lines.joined(separator: ",\n"))\n]\n".utf8)
    }
}
