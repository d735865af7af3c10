import Glibc

/// What `local-runner guard` does: the other end of ``Guard``.
enum GuardProcess {
    /// How long a process may take to stop in good order; PostgreSQL writes its shared buffers.
    private static let patience = 10.0

    /// Reads lines until the runner is gone; then ends its process group, and with it itself.
    static func run() {
        // The group is in the background of a terminal; what a user types there is the runner's.
        for number in [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE] { signal(number, SIG_IGN) }
        var stopFirst: [(pid: pid_t, signal: Int32)] = []
        while let line = readLine() {
            let words = line.split(separator: " ")
            guard words.count > 1, let pid = pid_t(words[1]), pid > 1 else { continue }
            stopFirst.removeAll { $0.pid == pid }
            if words[0] == "stop-first", words.count == 3, let signal = Int32(words[2]) {
                stopFirst.append((pid, signal))
            }
        }
        for (pid, signal) in stopFirst { stop(pid, with: signal) }
        // Only a group that this process leads is known to hold the runner's children alone.
        if getpgrp() == getpid() { kill(0, SIGKILL) }
    }

    private static func stop(_ pid: pid_t, with signal: Int32) {
        guard kill(pid, signal) == 0 else { return }
        if waits(for: pid, seconds: patience) { return }
        kill(pid, SIGQUIT)
        _ = waits(for: pid, seconds: 2)
    }

    /// Waits until a process that is no child of this one has ended.
    private static func waits(for pid: pid_t, seconds: Double) -> Bool {
        let step = 0.01
        for _ in 0..<Int(seconds / step) {
            if !isRunning(pid) { return true }
            usleep(useconds_t(step * 1_000_000))
        }
        return false
    }

    /// Whether it runs still.
    ///
    /// One that nobody has waited for yet, as in a container whose first
    /// process never does, has ended.
    private static func isRunning(_ pid: pid_t) -> Bool {
        guard kill(pid, 0) == 0 || errno == EPERM else { return false }
        guard let file = fopen("/proc/\(pid)/stat", "r") else { return false }
        defer { fclose(file) }
        var buffer = [UInt8](repeating: 0, count: 512)
        let count = fread(&buffer, 1, buffer.count, file)
        // "pid (name) state …"; the name may hold parentheses itself.
        guard let end = buffer[..<count].lastIndex(of: UInt8(ascii: ")")), end + 2 < count else {
            return false
        }
        return buffer[end + 2] != UInt8(ascii: "Z")
    }
}
