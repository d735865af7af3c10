import Glibc
import Logging
import NIOCore
import NIOPosix

/// A worker on the stdin-JSON protocol, which stays for the next request.
///
/// A request goes out as one line, and the next line is its answer; whatever else arrives is not
/// the protocol, and ends the worker.
///
///     idle ── send ──▶ busy ── line ──▶ idle
///      │                └── garbage, deadline, end of its output ──┐
///      └── retire ──▶ leaving ◀───────────────────────────────────┘
final class WarmWorker: Worker {
    private enum State {
        case idle(since: NIODeadline)
        case busy(Call)
        /// Ended or being ended; the request, if there is one, is answered when it is known how.
        case leaving(Call?, since: NIODeadline)
    }

    private let pool: Pool
    private let process: WorkerProcess
    private let pipes: WorkerPipes
    private var channel: (any Channel)?
    private var state = State.idle(since: .now())
    /// Whether its output ended while it was idle; its exit status is told a moment later.
    private var endedIdle = false
    private var buffer: ByteBuffer

    /// How long a worker may take to end once its input has ended.
    private static let patience = TimeAmount.seconds(5)

    /// - Throws: ``SystemCallError`` where it cannot be started.
    init(pool: Pool) throws {
        self.pool = pool
        let dispatcher = pool.dispatcher
        buffer = ByteBufferAllocator().buffer(capacity: 2048)
        pipes = try WorkerPipes()
        process = try WorkerProcess(
            pool.mount, dispatcher: dispatcher, environment: pool.mount.environment, pipes: pipes)
        process.onEnd = { status in self.hasEnded(status) }
        connect(on: dispatcher.loop)
    }

    private func connect(on loop: any EventLoop) {
        let bound = NIOLoopBound(self, eventLoop: loop)
        let limit = pool.dispatcher.options.responseLimit
        NIOPipeBootstrap(group: loop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    bound.value.channel = channel
                    try channel.pipeline.syncOperations.addHandler(
                        WorkerStream(bound.value, limit: limit))
                }
            }
            .takingOwnershipOfDescriptors(
                input: pipes.responses.output, output: pipes.requests.input
            )
            .whenFailure { _ in bound.value.kill() }
    }

    func send(_ call: Call) {
        state = .busy(call)
        if channel?.isActive == true { write(call) }
    }

    /// Called where the channel became active after the first request was sent.
    func isConnected() {
        if case .busy(let call) = state, buffer.writerIndex == 0 { write(call) }
    }

    private func write(_ call: Call) {
        if buffer.capacity > 1 << 20 { buffer = ByteBufferAllocator().buffer(capacity: 2048) }
        buffer.clear()
        RequestWriter.write(call, into: &buffer)
        channel?.writeAndFlush(buffer, promise: nil)
    }

    /// A line has come.
    func received(_ line: ByteBuffer, isAlone: Bool) {
        guard case .busy(let call) = state else {
            return reject(line, because: "nothing had been asked")
        }
        do {
            let response = try ResponseReader.read(line)
            if let error = response.error { pool.log(error: error, of: call) }
            if isAlone {
                state = .idle(since: .now())
                pool.isFree(self)
            } else {
                leave(with: nil)
                reject(line, because: "more followed")
            }
            call.answer(response.answer)
        } catch {
            reject(line, because: "\(error)")
        }
    }

    /// What came is not the protocol.
    ///
    /// Whether the worker is still sane nobody knows, so it goes.
    func reject(_ bytes: ByteBuffer, because problem: String) {
        let call = self.call
        leave(with: nil)
        process.kill()
        if let call {
            pool.refuseGarbage(call, bytes, because: problem)
        } else {
            pool.logGarbage(bytes, because: problem)
        }
    }

    /// The end of the worker's output.
    ///
    /// A function is called with whole requests alone. So where a part of one was left unread,
    /// nothing has been done and another worker may try: most likely this one was ended from outside
    /// while it was idle.
    func isAtEnd() {
        if case .idle = state { endedIdle = true }
        guard case .busy(let call) = state, !call.wasRetried, pipes.unread > 0 else {
            return leave(with: call)
        }
        call.wasRetried = true
        kill()
        leave(with: nil)
        pool.submit(call)
    }

    func retire() {
        leave(with: nil)
        channel?.close(mode: .output, promise: nil)
    }

    func kill() {
        leave(with: call)
        process.kill()
    }

    func sweep(now: NIODeadline) {
        process.reportIfComplete(now: now)
        switch state {
        case .idle(let since):
            if now - since > pool.dispatcher.options.idleTimeout { retire() }
        case .busy(let call), .leaving(let call?, _):
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
        case .busy(let call), .leaving(let call?, _): call
        case .idle, .leaving(nil, _): nil
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
        if case .idle = state { endedIdle = true }
        if let call {
            leave(with: nil)
            pool.refuseCrashed(call, status)
        } else if endedIdle {
            leave(with: nil)
            pool.dispatcher.logger.warning("\(process.name) \(status) while it was idle.")
        }
        channel?.close(promise: nil)
        pool.hasEnded(self)
    }
}
