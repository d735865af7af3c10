import Foundation
import Glibc

/// The file that a server beside the runner logs to.
enum LogFile {
    /// Begins a new one where the last has grown beyond 10 MiB, and keeps that one.
    static func rotate(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0, status.st_size > 10 << 20 else { return }
        rename(path, path + ".1")
    }

    /// The last lines, indented.
    static func tail(of path: String) -> String {
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").suffix(8).map { "    \($0)" }.joined(separator: "\n")
    }
}
