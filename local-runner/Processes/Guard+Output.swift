import Dispatch
import Glibc
import Synchronization

extension Guard {
    /// How a program ended, and what it wrote.
    struct Output: Sendable {
        var status: ExitStatus
        var output: [UInt8]
        /// What came on standard error, where that was to be read.
        var errors: [UInt8]
        /// Whether it took too long, and was killed.
        var isOverdue: Bool
    }

    /// Runs a program to its end, on the calling thread, and gives what it wrote on its standard
    /// output.
    ///
    /// - Parameters:
    ///   - child: the program; its standard output is replaced.
    ///   - input: what it reads; nil leaves its standard input as it is.
    ///   - isReadingErrors: whether its standard error is read too, rather than left as it is.
    ///   - seconds: how long it may take; then it is killed.
    /// - Returns: how it ended, and what it wrote.
    /// - Throws: ``SystemCallError`` where it cannot be started.
    func output(
        of child: ChildProcess, input: [UInt8]? = nil, isReadingErrors: Bool = false,
        seconds: Int64
    ) throws -> Output {
        // One that ends without reading its input must not end this process.
        _ = Self.ignoringBrokenPipes
        var streams = try ProcessStreams(hasInput: input != nil, hasErrors: isReadingErrors)
        defer { streams.close() }
        let ending = Ending()
        let pid = try spawn(streams.connect(child)) { ending.end($0) }
        streams.closeChildEnds()
        let deadline = DispatchTime.now() + .seconds(Int(seconds))
        let isOverdue =
            !streams.exchange(input ?? [], until: deadline) || !ending.comes(before: deadline)
        if isOverdue { kill(pid) }
        return Output(
            status: ending.wait(), output: streams.outputBytes, errors: streams.errorBytes,
            isOverdue: isOverdue)
    }

    /// Starts a program that runs on.
    ///
    /// - Returns: whether it still runs, for as long as it is asked.
    /// - Throws: ``SystemCallError`` where it cannot be started.
    func start(_ child: ChildProcess) throws -> @Sendable () -> Bool {
        let ending = Ending()
        _ = try spawn(child) { ending.end($0) }
        return { !ending.isThere }
    }

    private static let ignoringBrokenPipes: Void = { signal(SIGPIPE, SIG_IGN) }()
}

/// The end of a process, which one thread tells and another waits for.
final class Ending: Sendable {
    private let status = Mutex<ExitStatus?>(nil)
    private let told = DispatchSemaphore(value: 0)

    var isThere: Bool { status.withLock { $0 != nil } }

    func end(_ status: ExitStatus) {
        self.status.withLock { $0 = status }
        told.signal()
    }

    func comes(before deadline: DispatchTime) -> Bool {
        guard told.wait(timeout: deadline) == .success else { return false }
        told.signal()
        return true
    }

    func wait() -> ExitStatus {
        while true {
            if let status = status.withLock({ $0 }) { return status }
            told.wait()
        }
    }
}
