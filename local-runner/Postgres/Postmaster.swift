import Foundation
import Glibc

/// The server that runs on a cluster's data, as its file `postmaster.pid` tells
/// (pg_ctl reads it likewise).
struct Postmaster: Sendable {
    let pid: pid_t
    /// Whether it takes connections.
    let isReady: Bool

    /// What the file says; nil where there is none, or where no PostgreSQL of this data has that
    /// number any more.
    static func running(on folder: ClusterFolder) -> Postmaster? {
        guard let text = try? String(contentsOfFile: folder.postmasterFile, encoding: .utf8) else {
            return nil
        }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard let first = lines.first, let pid = pid_t(first.trimmingCharacters(in: .whitespaces)),
            isServer(pid, of: folder)
        else { return nil }
        // The eighth line is the status, padded with spaces.
        return Postmaster(pid: pid, isReady: lines.count > 7 && lines[7].hasPrefix("ready"))
    }

    /// A server works in its data's folder; another process that has got its number does not.
    private static func isServer(_ pid: pid_t, of folder: ClusterFolder) -> Bool {
        guard kill(pid, 0) == 0 else { return false }
        let directory = try? FileManager.default.destinationOfSymbolicLink(
            atPath: "/proc/\(pid)/cwd")
        return directory == URL(fileURLWithPath: folder.data).resolvingSymlinksInPath().path
    }

    /// Stops a server that a runner left behind, or that its guard is about to stop.
    ///
    /// First a fast shutdown (SIGINT), which ends sessions and writes everything out; where that
    /// does not help, an immediate one (SIGQUIT), after which the next start recovers.
    static func stopStale(on folder: ClusterFolder) throws {
        for signal in [SIGINT, SIGQUIT] {
            guard let postmaster = running(on: folder) else { return }
            kill(postmaster.pid, signal)
            for _ in 0..<1000 {
                guard running(on: folder) != nil else { return }
                usleep(10_000)
            }
        }
        guard let postmaster = running(on: folder) else { return }
        throw RunnerError(
            "PostgreSQL, process \(postmaster.pid), runs on \(folder.data) and does not stop.")
    }
}
