import Glibc
import Logging
import NIOCore
import NIOPosix

/// A CGI/1.1 process (RFC 3875): one request, one process.
///
/// What a web server with CGI does with
/// these executables in production can so be tried here.
///
/// It answers when its output has ended and its exit status is known.
final class CGIWorker: Worker {
    private let pool: Pool
    private let process: WorkerProcess
    private let pipes: WorkerPipes
    private var call: Call?
    private var channel: (any Channel)?
    private var output = ByteBuffer()
    private var isOutputAtEnd = false
    private var status: ExitStatus?

    /// - Throws: ``SystemCallError`` where it cannot be started.
    init(pool: Pool, call: Call) throws {
        self.pool = pool
        let dispatcher = pool.dispatcher
        pipes = try WorkerPipes()
        let variables = CGIVariables.of(call, under: pool.mount)
        process = try WorkerProcess(
            pool.mount, dispatcher: dispatcher,
            environment: pool.mount.environment.merging(variables) { $1 }, pipes: pipes)
        process.onEnd = { status in
            self.status = status
            self.answerIfComplete()
        }
        connect(on: dispatcher.loop)
    }

    private func connect(on loop: any EventLoop) {
        let bound = NIOLoopBound(self, eventLoop: loop)
        NIOPipeBootstrap(group: loop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    bound.value.channel = channel
                    try channel.pipeline.syncOperations.addHandler(CGIStream(bound.value))
                }
            }
            .takingOwnershipOfDescriptors(
                input: pipes.responses.output, output: pipes.requests.input
            )
            .whenFailure { _ in bound.value.kill() }
    }

    func send(_ call: Call) {
        self.call = call
        if channel?.isActive == true { isConnected() }
    }

    /// Sends the body, and with its end the end of input.
    func isConnected() {
        guard let call, let channel else { return }
        if call.body.readableBytes > 0 { channel.writeAndFlush(call.body, promise: nil) }
        channel.close(mode: .output, promise: nil)
    }

    func received(_ bytes: inout ByteBuffer) {
        output.writeBuffer(&bytes)
        if output.readableBytes > pool.dispatcher.options.responseLimit {
            reject(because: "it is longer than \(pool.dispatcher.options.responseLimit) bytes")
        }
    }

    func isAtEnd() {
        isOutputAtEnd = true
        answerIfComplete()
    }

    private func answerIfComplete() {
        guard let status, isOutputAtEnd else { return }
        answer(status)
        pool.hasEnded(self)
    }

    private func answer(_ status: ExitStatus) {
        guard let call else { return }
        // A status other than 0 after a whole answer is not the client's concern.
        let isSignaled = if case .signaled = status { true } else { false }
        guard !isSignaled, output.readableBytes > 0 else {
            self.call = nil
            return pool.refuseCrashed(call, status)
        }
        do {
            let answer = try CGIResponse.read(output)
            self.call = nil
            call.answer(answer)
        } catch {
            reject(because: "\(error)")
        }
    }

    private func reject(because problem: String) {
        process.kill()
        guard let call else { return }
        self.call = nil
        pool.refuseGarbage(call, output, because: problem)
    }

    func retire() {}

    func kill() {
        process.kill()
    }

    func sweep(now: NIODeadline) {
        process.reportIfComplete(now: now)
        // A child of the ended process may hold its output open; nobody waits for that one.
        if status != nil, call == nil { channel?.close(promise: nil) }
        guard let call, call.expiry <= now else { return }
        self.call = nil
        process.kill()
        pool.refuseLate(call)
    }
}

/// Hands a CGI process's output over.
private final class CGIStream: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let worker: CGIWorker

    init(_ worker: CGIWorker) {
        self.worker = worker
    }

    func channelActive(context: ChannelHandlerContext) {
        worker.isConnected()
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        worker.received(&bytes)
    }

    func channelInactive(context: ChannelHandlerContext) {
        worker.isAtEnd()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
