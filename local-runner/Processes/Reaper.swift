import Foundation
import Glibc
import Synchronization

/// Waits for the children of one process group, on a thread of its own, and tells each one's
/// owner how it ended.
///
/// It waits for the group and not for every child of the process, so that whatever else starts
/// children here (a test library, Foundation) keeps its own. The group has a leader, the guard,
/// that lives as long as the runner does; so there always is a child to wait for.
final class Reaper: Sendable {
    typealias ExitHandler = @Sendable (ExitStatus) -> Void

    private let group: pid_t
    private let handlers = Mutex<[pid_t: ExitHandler]>([:])

    /// - Parameters:
    ///   - leader: the leader of the group, a child of this process.
    ///   - onLeaderExit: called when it ends; nothing is waited for after that.
    init(leader: pid_t, onLeaderExit: @escaping ExitHandler) {
        group = leader
        handlers.withLock { $0[leader] = onLeaderExit }
        let thread = Thread { [self] in waitForAll() }
        thread.name = "reaper"
        thread.start()
    }

    /// Starts a child in the group.
    ///
    /// The lock is held from the start until the handler is in place, so a child that ends at once
    /// is not lost: its status waits for the lock.
    ///
    /// - Parameters:
    ///   - child: what to start.
    ///   - onExit: called on the reaper's thread, once.
    /// - Returns: its process id.
    /// - Throws: ``SystemCallError`` where it cannot be started.
    func spawn(_ child: ChildProcess, onExit: @escaping ExitHandler) throws -> pid_t {
        try handlers.withLock { handlers in
            let pid = try child.spawn(group: group)
            handlers[pid] = onExit
            return pid
        }
    }

    /// Sends a signal to a child, unless it has ended: its number may be another's by now.
    func kill(_ pid: pid_t, signal: Int32) {
        handlers.withLock { handlers in
            if handlers[pid] != nil { Glibc.kill(pid, signal) }
        }
    }

    private func waitForAll() {
        while true {
            // The child stays a zombie, and its number its own, until the lock is held.
            var ended = siginfo_t()
            guard waitid(P_PGID, id_t(group), &ended, WEXITED | WNOWAIT) == 0 else {
                if errno == EINTR { continue }
                return
            }
            let pid = ended._sifields._sigchld.si_pid
            var status: Int32 = 0
            let handler = handlers.withLock { handlers in
                waitpid(pid, &status, WNOHANG)
                return handlers.removeValue(forKey: pid)
            }
            handler?(ExitStatus(waitStatus: status))
        }
    }
}
