import Foundation
import Glibc

/// Executables without symbols, which takes a third of their size away.
///
/// Names of functions in a backtrace need the compiler's own tools, which a host does not have; an
/// address in a log is looked up in the executable of the release build, which keeps its symbols.
/// Nor do they keep the two marks that tell one build from another by the folders in which it was
/// made, so that the same source is the same file from any checkout. Each stripped file has the modification time of its source, and is made again when that changes.
struct StrippedExecutables {
    /// Where they are kept between two packages.
    let folder: String
    let processes: Guard

    private static let marks = [".note.gnu.build-id", ".swift_modhash"]

    /// - Returns: the path of the stripped copy.
    func copy(of executable: String) throws -> String {
        let path = "\(folder)/\(URL(fileURLWithPath: executable).lastPathComponent)"
        let time = try Self.time(of: executable)
        if let known = try? Self.time(of: path), known.tv_sec == time.tv_sec,
            known.tv_nsec == time.tv_nsec
        {
            return path
        }
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        let temporary = "\(path).\(getpid())"
        defer { unlink(temporary) }
        let run = try processes.output(
            of: ChildProcess(
                executable: "/usr/bin/strip",
                arguments: Self.marks.flatMap { ["-R", $0] } + ["-o", temporary, executable]),
            seconds: 60)
        guard run.status == .exited(0) else {
            throw RunnerError("strip \(executable) \(run.status); what it said stands above.")
        }
        var times = [time, time]
        guard utimensat(AT_FDCWD, temporary, &times, 0) == 0, rename(temporary, path) == 0 else {
            throw SystemCallError("Writing \(path)")
        }
        return path
    }

    private static func time(of file: String) throws -> timespec {
        var status = stat()
        guard stat(file, &status) == 0 else { throw SystemCallError("Finding \(file)") }
        return status.st_mtim
    }
}
