import Foundation
import Glibc
import Synchronization

/// Sees to it that no child outlives the runner, not even when the runner is ended by SIGKILL.
///
/// The runner starts itself a second time as `local-runner guard`, which leads a process group of
/// its own and reads a pipe. Every other child is started into that group, so that an interrupt
/// typed at the terminal reaches the runner alone. The pipe ends when the runner does, however it
/// does; the guard (``GuardProcess``) then stops PostgreSQL in good order and kills the group,
/// itself included. Lines over the pipe tell it whom to stop in good order:
///
///     stop-first 4711 2        send signal 2 to process 4711 and wait for it
///     forget 4711              it has ended; its number may soon be another's
final class Guard: Sendable {
    private let pipe: Int32
    private let reaper: Reaper
    private let isStopped = Atomic<Bool>(false)

    /// - Parameters:
    ///   - executable: the runner's own program; tests, which run in another, name it.
    ///   - onDeath: called if the guard itself is ended from outside. Children cannot be started
    ///     any more; the runner should stop.
    /// - Throws: ``SystemCallError`` where the guard cannot be started.
    init(
        executable: String = "/proc/self/exe",
        onDeath: @escaping @Sendable (ExitStatus) -> Void = { _ in }
    ) throws {
        let pipe = try Pipe()
        defer { close(pipe.output) }
        let path = ProcessImage.path(of: executable)
        let child = ChildProcess(
            executable: path, arguments: ["guard"],
            environment: ["PATH": "/usr/bin:/bin"], standardInput: .descriptor(pipe.output))
        let leader: pid_t
        do {
            leader = try child.spawn(group: 0)
        } catch {
            close(pipe.input)
            throw error
        }
        self.pipe = pipe.input
        reaper = Reaper(leader: leader, onLeaderExit: onDeath)
    }

    /// Starts a child that does not outlive the runner.
    ///
    /// - Parameters:
    ///   - child: what to start.
    ///   - onExit: called on another thread, once, when it has ended.
    /// - Returns: its process id.
    /// - Throws: ``SystemCallError`` where it cannot be started.
    func spawn(
        _ child: ChildProcess, onExit: @escaping @Sendable (ExitStatus) -> Void
    ) throws -> pid_t {
        try reaper.spawn(child, onExit: onExit)
    }

    /// Sends a signal to a child that this has started, unless it has ended.
    func kill(_ pid: pid_t, signal: Int32 = SIGKILL) {
        reaper.kill(pid, signal: signal)
    }

    /// Runs a program to its end, on the calling thread.
    func run(_ child: ChildProcess) throws -> ExitStatus {
        let done = DispatchSemaphore(value: 0)
        let status = Mutex(ExitStatus.exited(0))
        _ = try spawn(child) { ended in
            status.withLock { $0 = ended }
            done.signal()
        }
        done.wait()
        return status.withLock { $0 }
    }

    /// Makes the guard send a signal to this process and wait for it, before it kills the rest.
    func stopFirst(_ pid: pid_t, signal: Int32) {
        tell("stop-first \(pid) \(signal)")
    }

    /// Takes back ``stopFirst(_:signal:)``: the process has ended.
    func forget(_ pid: pid_t) {
        tell("forget \(pid)")
    }

    /// Ends the guard, and with it whatever still runs in its group.
    func stop() {
        guard !isStopped.exchange(true, ordering: .relaxed) else { return }
        close(pipe)
    }

    private func tell(_ line: String) {
        guard !isStopped.load(ordering: .relaxed) else { return }
        // A line is far shorter than PIPE_BUF, so it is written whole or not at all.
        let bytes = Array((line + "\n").utf8)
        _ = write(pipe, bytes, bytes.count)
    }
}

/// The file that a process runs.
enum ProcessImage {
    /// The target of a symbolic link, such as `/proc/self/exe`; the path itself where it is none,
    /// or where the file has been replaced since.
    static func path(of link: String = "/proc/self/exe") -> String {
        let target = try? FileManager.default.destinationOfSymbolicLink(atPath: link)
        guard let target, access(target, X_OK) == 0 else { return link }
        return target
    }
}
