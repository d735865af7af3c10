import Glibc
import NIOCore
import NIOPosix

/// The process of a worker: what it writes on standard error, and how it ended.
///
/// It has ended for its owner when its status is known and standard error is read to the end, so
/// that the report of a crash follows the backtrace. A process of its own that still holds standard
/// error open delays that for a moment only.
final class WorkerProcess {
    let name: String
    private(set) var pid: pid_t = 0
    private let dispatcher: Dispatcher
    let errors: ErrorLines
    private var status: ExitStatus?
    private var endedAt = NIODeadline.distantFuture
    private var isReported = false
    /// Called once, with how it ended.
    var onEnd: (ExitStatus) -> Void = { _ in }

    /// - Parameters:
    ///   - mount: whose executable to start.
    ///   - dispatcher: whose loop everything here runs on.
    ///   - environment: of the process, in full.
    ///   - pipes: its standard input, output and error.
    /// - Throws: ``SystemCallError`` where it cannot be started.
    init(
        _ mount: Mount, dispatcher: Dispatcher, environment: [String: String], pipes: WorkerPipes
    ) throws {
        name = mount.name
        self.dispatcher = dispatcher
        errors = ErrorLines(prefix: mount.name, console: dispatcher.console)
        defer { pipes.hasStarted() }
        let child = ChildProcess(
            executable: mount.executable, environment: environment,
            standardInput: .descriptor(pipes.requests.output),
            standardOutput: .descriptor(pipes.responses.input),
            standardError: .descriptor(pipes.errors.input))
        let loop = dispatcher.loop
        let bound = NIOLoopBound(self, eventLoop: loop)
        do {
            pid = try dispatcher.processes.spawn(child) { status in
                loop.execute { bound.value.hasExited(status) }
            }
        } catch {
            pipes.abandon()
            throw error
        }
        readErrors(from: pipes.errors.output, on: loop)
    }

    private func readErrors(from descriptor: Int32, on loop: any EventLoop) {
        let bound = NIOLoopBound((self, errors), eventLoop: loop)
        NIOPipeBootstrap(group: loop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let (process, errors) = bound.value
                    errors.onEnd = { process.reportIfComplete(now: .now()) }
                    try channel.pipeline.syncOperations.addHandler(errors)
                }
            }
            .takingOwnershipOfDescriptor(input: descriptor)
            .whenFailure { _ in close(descriptor) }
    }

    func kill(_ signal: Int32 = SIGKILL) {
        dispatcher.processes.kill(pid, signal: signal)
    }

    private func hasExited(_ status: ExitStatus) {
        self.status = status
        endedAt = .now()
        reportIfComplete(now: endedAt)
    }

    /// Also called now and then, for the case that standard error does not end.
    func reportIfComplete(now: NIODeadline) {
        guard let status, !isReported, errors.isAtEnd || now - endedAt > .milliseconds(300) else {
            return
        }
        isReported = true
        onEnd(status)
        onEnd = { _ in }
    }
}
