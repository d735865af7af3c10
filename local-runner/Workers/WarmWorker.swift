import Glibc
import Logging
import NIOCore
import NIOPosix

/// A worker on the stdin-JSON protocol, which stays for the next request.
///
/// One socket pair is both its standard input and its standard output: one descriptor to watch
/// rather than two. A request goes out as one line, and the next line is its answer; whatever else
/// arrives is not the protocol, and ends the worker.
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
    private var channel: (any Channel)?
    private var state = State.idle(since: .now())
    private var buffer: ByteBuffer

    /// How long a worker may take to end once its input has ended.
    private static let patience = TimeAmount.seconds(5)
    /// How much of what is not the protocol goes to the log, in bytes.
    private static let excerpt = 500

    /// - Throws: ``SystemCallError`` where it cannot be started.
    init(pool: Pool) throws {
        self.pool = pool
        let dispatcher = pool.dispatcher
        buffer = ByteBufferAllocator().buffer(capacity: 2048)
        var ends: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, type, 0, &ends) == 0 else {
            throw SystemCallError("Opening a socket pair")
        }
        defer { close(ends[1]) }
        do {
            process = try WorkerProcess(
                pool.mount, dispatcher: dispatcher, environment: pool.mount.environment,
                input: .descriptor(ends[1]), output: .descriptor(ends[1]))
        } catch {
            close(ends[0])
            throw error
        }
        process.onEnd = { status in self.hasEnded(status) }
        connect(ends[0], on: dispatcher.loop)
    }

    private func connect(_ descriptor: Int32, on loop: any EventLoop) {
        let bound = NIOLoopBound(self, eventLoop: loop)
        let limit = pool.dispatcher.options.responseLimit
        ClientBootstrap(group: loop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    bound.value.channel = channel
                    try channel.pipeline.syncOperations.addHandler(WorkerStream(bound.value, limit: limit))
                }
            }
            .withConnectedSocket(descriptor)
            .whenFailure { _ in bound.value.kill() }
    }

    func send(_ call: Call) {
        state = .busy(call)
        // The handler's own error messages come from this request on.
        _ = process.takeLastLines()
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
        let written = channel?.eventLoop.makePromise(of: Void.self)
        written?.futureResult.assumeIsolated().whenFailure { [weak self] _ in
            self?.couldNotTake(call)
        }
        channel?.writeAndFlush(buffer, promise: written)
    }

    /// The worker's input was closed before it had all of a request. A worker answers whole requests
    /// alone, so nothing has been done and another may try.
    private func couldNotTake(_ call: Call) {
        guard case .busy(let current) = state, current === call else { return }
        leave(with: nil)
        process.kill()
        pool.retry(call)
    }

    /// A line has come.
    func received(_ line: ByteBuffer, isAlone: Bool) {
        guard case .busy(let call) = state else {
            return reject(line, because: "nothing had been asked")
        }
        do {
            let response = try ResponseReader.read(line)
            if let error = response.error { log(error, of: call) }
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

    /// What came is not the protocol. Whether the worker is still sane nobody knows, so it goes.
    func reject(_ bytes: ByteBuffer, because problem: String) {
        let excerpt = String(decoding: bytes.readableBytesView.prefix(Self.excerpt), as: UTF8.self)
        pool.dispatcher.logger.error(
            """
            \(process.name) wrote what is not a response: \(problem). \
            It begins: \(excerpt.debugDescription)
            """)
        let call = self.call
        leave(with: nil)
        process.kill()
        guard let call else { return }
        pool.refuse(
            call,
            .crashed("\(process.name) wrote what is not a response; the runner's log shows it."))
    }

    /// The end of the worker's output.
    func isAtEnd() {
        leave(with: call)
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
            pool.dispatcher.logger.error(
                "\(process.name) did not answer in time and is ended; request \(call.id).")
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
        let lines = process.takeLastLines()
        let wasIdle = if case .idle = state { true } else { false }
        if let call {
            pool.dispatcher.logger.error(
                """
                \(process.name) \(status) before it answered \(call.method) \
                \(call.path), request \(call.id).\(lines.map { "\n    " + $0 }.joined())
                """)
            leave(with: nil)
            pool.refuse(call, .crashed("\(process.name) \(status) before it answered."))
        } else if wasIdle {
            leave(with: nil)
            pool.dispatcher.logger.warning("\(process.name) \(status) while it was idle.")
        }
        channel?.close(promise: nil)
        pool.hasEnded(self)
    }

    private func log(_ error: String, of call: Call) {
        pool.dispatcher.logger.error(
            "\(process.name) failed on \(call.method) \(call.path): \(error)")
    }
}
