import Glibc
import Logging
import NIOCore
import NIOPosix

/// A worker as AWS Lambda runs a function: a process that asks the Runtime API for one invocation
/// after another.
///
/// The API is the runner's own port, below a path that only this process is told.
///
///     starting ── next ──▶ idle ── send ──▶ busy ── response, error ──▶ idle
///                           └── retire ──▶ leaving ◀── deadline, end of the process
///
/// Once it has answered it is idle, though it has yet to ask for more: it will.
final class LambdaWorker: Worker {
    enum State {
        case starting
        case idle(since: NIODeadline)
        /// What is asked of it, and whether it has been handed over.
        case busy(Call, isGiven: Bool)
        case leaving(Call?, since: NIODeadline)
    }

    let pool: Pool
    let process: WorkerProcess
    let name: String
    /// The last part of its address.
    private let token: String
    private(set) var state = State.starting
    /// The worker's request for the next invocation, while it waits.
    private var next: Call?
    /// What the function has said why it cannot begin.
    var initError: LambdaFailure?
    /// What the invocation under way has written.
    let log = InvocationLog()
    /// Whether it has asked for an invocation at all.
    private var hasBegun = false
    /// An answer that is given when the function's log of it is complete.
    var deferred: (() -> Void)?

    /// How long a worker may take to end once it has been told to.
    private static let patience = TimeAmount.seconds(5)

    /// - Throws: ``SystemCallError`` where it cannot be started.
    init(pool: Pool) throws {
        self.pool = pool
        let dispatcher = pool.dispatcher
        name = pool.mount.lambdaName
        var random = SystemRandomNumberGenerator()
        token = (0..<2).map { _ in String(random.next(), radix: 36) }.joined()
        let pipes = try WorkerPipes()
        let address = "127.0.0.1:\(dispatcher.port)\(RuntimeRequest.prefix)\(token)"
        process = try WorkerProcess(
            pool.mount, dispatcher: dispatcher,
            environment: pool.mount.environment.merging(
                LambdaEnvironment.variables(of: pool.mount, runtimeAPI: address)
            ) { $1 }, pipes: pipes)
        close(pipes.requests.input)
        process.onEnd = { status in self.hasEnded(status) }
        process.errors.onLine = { [log] in log.append($0) }
        readOutput(from: pipes.responses.output, dispatcher)
        dispatcher.lambdaWorkers[token] = self
    }

    /// What a function prints is for its log.
    private func readOutput(from descriptor: Int32, _ dispatcher: Dispatcher) {
        let lines = ErrorLines(prefix: pool.mount.name, console: dispatcher.console)
        lines.onLine = { [log] in log.append($0) }
        let bound = NIOLoopBound(lines, eventLoop: dispatcher.loop)
        NIOPipeBootstrap(group: dispatcher.loop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(bound.value)
                }
            }
            .takingOwnershipOfDescriptor(input: descriptor)
            .whenFailure { _ in close(descriptor) }
    }

    func send(_ call: Call) {
        state = .busy(call, isGiven: false)
        handOver()
    }

    /// Gives the function what is asked of it, where it waits for that.
    private func handOver() {
        guard case .busy(let call, isGiven: false) = state, let request = next,
            request.connection != nil
        else { return }
        next = nil
        state = .busy(call, isGiven: true)
        log.begin(call.id)
        request.answer(RuntimeRequest.invocation(call, of: name))
    }

    /// The function asks for the next invocation.
    func isAsked(_ request: Call) {
        deferred?()
        deferred = nil
        hasBegun = true
        switch state {
        case .busy(_, isGiven: true):
            return request.answer(
                RuntimeRequest.refusal(
                    403, "InvalidStateTransition",
                    "The invocation under way has not been answered."))
        case .starting:
            next = request
            state = .idle(since: .now())
            pool.isFree(self)
        case .idle, .busy, .leaving:
            // It may have lost the connection on which it had asked before.
            next = request
            handOver()
        }
    }

    /// The invocation under way is over.
    ///
    /// - Returns: what was asked; nil where nothing of that id is under way.
    func finish(_ id: Substring) -> Call? {
        guard case .busy(let call, isGiven: true) = state, id == call.id else { return nil }
        state = .idle(since: .now())
        pool.isFree(self)
        return call
    }

    func retire() {
        leave(with: nil)
        process.kill(SIGTERM)
    }

    func kill() {
        leave(with: call)
        process.kill()
    }

    func sweep(now: NIODeadline) {
        process.reportIfComplete(now: now)
        switch state {
        case .starting: break
        case .idle(let since):
            if now - since > pool.dispatcher.options.idleTimeout { retire() }
        case .busy(let call, _), .leaving(let call?, _):
            guard call.expiry <= now else { return }
            leave(with: nil)
            process.kill()
            pool.refuseLate(call)
        case .leaving(nil, let since):
            if now - since > Self.patience { process.kill() }
        }
    }

    private var call: Call? {
        switch state {
        case .busy(let call, _), .leaving(let call?, _): call
        case .starting, .idle, .leaving(nil, _): nil
        }
    }

    private func leave(with call: Call?) {
        if case .leaving(_, let since) = state {
            state = .leaving(call, since: since)
        } else {
            state = .leaving(call, since: .now())
            pool.isLeaving(self)
        }
    }

    private func hasEnded(_ status: ExitStatus) {
        pool.dispatcher.lambdaWorkers[token] = nil
        next?.connection?.close()
        next = nil
        deferred?()
        deferred = nil
        if case .idle = state {
            pool.dispatcher.logger.warning("\(process.name) \(status) while it was idle.")
        }
        let (call, hasNothing) = (call, isWaitedForInVain)
        leave(with: nil)
        pool.hasEnded(self)
        guard let call else { return }
        if hasNothing, hasBegun, !call.wasRetried {
            // Most likely it was ended from outside while it was idle, so another may try.
            call.wasRetried = true
            pool.submit(call)
        } else {
            refuse(call, status)
        }
    }

    /// Whether something is asked of it that it has not got.
    private var isWaitedForInVain: Bool {
        if case .busy(_, isGiven: false) = state { true } else { false }
    }
}
