import ArgumentParser
import Foundation
import Glibc

/// Ends the copy that runs on a state folder.
struct Stop: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Stop the copy that runs on the state folder, and wait until it is gone.")

    @OptionGroup var common: CommonOptions

    /// How long a copy may take; requests under way and PostgreSQL need some seconds.
    private static let patience = 30.0

    func run() throws {
        let workspace = try common.workspace()
        let state = try common.stateFolder(in: workspace)
        guard try StateLock.isHeld(in: state) else {
            print("Nothing runs on \(state.path).")
            return
        }
        guard let holder = StateLock.holder(in: state), Self.isRunner(holder.pid) else {
            throw RunnerError(
                """
                The state folder \(state.path) is locked, and by no local-runner that could be \
                found. Try again in a moment.
                """)
        }
        guard kill(holder.pid, SIGTERM) == 0 else {
            throw SystemCallError("Stopping \(holder.description)")
        }
        for _ in 0..<Int(Self.patience * 50) {
            guard try StateLock.isHeld(in: state) else {
                print("Stopped \(holder.description).")
                return
            }
            usleep(20_000)
        }
        throw RunnerError("\(holder.description) has not stopped in \(Int(Self.patience)) seconds.")
    }

    /// Whether a process is this program, be it of another build or one that was replaced since.
    private static func isRunner(_ pid: pid_t) -> Bool {
        let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/exe")
        let name = program?.split(separator: "/").last ?? ""
        return name == "local-runner" || name == "local-runner (deleted)"
    }
}
