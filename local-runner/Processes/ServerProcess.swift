import Foundation
import Glibc
import Synchronization

/// A server that the runner starts for itself, and stops in good order: PostgreSQL, Redis.
final class ServerProcess: Sendable {
    /// As errors name it.
    private let name: String
    /// The path of the file that has what it says; the one of before is kept aside.
    private let log: String
    /// How it is asked to end, the politest first, and how many seconds it then gets.
    private let signals: [(signal: Int32, seconds: Int)]
    private let processes: Guard
    /// Nil before it starts, and once it has ended or is being ended.
    private let pid = Mutex<pid_t?>(nil)
    private let isEnded = DispatchSemaphore(value: 0)

    init(
        _ name: String, log: String, signals: [(signal: Int32, seconds: Int)], processes: Guard
    ) {
        self.name = name
        self.log = log
        self.signals = signals
        self.processes = processes
    }

    var isRunning: Bool { pid.withLock { $0 != nil } }

    /// Starts it; the guard stops it with the first signal if the runner cannot.
    ///
    /// - Parameters:
    ///   - command: its output goes to the log.
    ///   - onLoss: called if it ends and nobody has stopped it.
    ///   - isReady: whether it serves; asked again and again for a minute.
    /// - Throws: ``RunnerError`` with the end of the log where it does not start, and what `isReady`
    ///   throws; it has been stopped then.
    func launch(
        _ command: ChildProcess, onLoss: @escaping @Sendable (ExitStatus) -> Void,
        until isReady: () throws -> Bool
    ) throws {
        LogFile.rotate(log)
        var command = command
        command.standardOutput = .file(log)
        command.standardError = .file(log)
        // The handler waits for the lock, so it finds the number in place.
        try self.pid.withLock { pid in
            pid = try processes.spawn(command) { [self] status in
                let wasOurs = self.pid.withLock { pid in
                    defer { pid = nil }
                    if let pid { processes.forget(pid) }
                    return pid != nil
                }
                isEnded.signal()
                if wasOurs { onLoss(status) }
            }
            if let pid { processes.stopFirst(pid, signal: signals[0].signal) }
        }
        do {
            try wait(until: isReady)
        } catch {
            stop()
            throw error
        }
    }

    private func wait(until isReady: () throws -> Bool) throws {
        for _ in 0..<6000 {
            guard isRunning else {
                throw RunnerError(
                    """
                    \(name) did not start. The end of \(log):
                    \(LogFile.tail(of: log))
                    """)
            }
            if try isReady() { return }
            usleep(10_000)
        }
        throw RunnerError("\(name) takes no connections after a minute; \(log) may say why.")
    }

    /// Stops it, if it runs, and waits until it has ended.
    func stop() {
        let running = pid.withLock { pid in
            defer { pid = nil }
            return pid
        }
        guard let running else { return }
        for (signal, seconds) in signals {
            processes.kill(running, signal: signal)
            if isEnded.wait(timeout: .now() + .seconds(seconds)) == .success { break }
        }
        processes.forget(running)
    }
}
