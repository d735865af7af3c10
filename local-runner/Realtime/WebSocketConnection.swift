import Logging
import NIOCore
import NIOWebSocket

/// One client's WebSocket: reads messages, writes frames, and keeps to RFC 6455 about the end.
///
///     open ── CLOSE comes ──▶ answering ── the function's answer ──▶ over
///      │                                                             ▲
///      ├── CLOSE goes ──▶ closing ── CLOSE comes, or nothing does ───┤
///      └── what is no WebSocket ─────────────────────────────────────┘
///
/// In `over` both sides have said that it ends; what still comes is dropped until the client has
/// closed, as closing first might cost it the last frame (RFC 9112 §9.6).
final class WebSocketConnection: ChannelDuplexHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    enum State {
        case open
        /// The client wants to end it, with this code.
        case answering(code: Int?)
        /// The client was told that it ends.
        case closing(since: NIODeadline)
        case over(since: NIODeadline)
    }

    private let session: WebSocketSession
    private let sockets: WebSockets
    private var context: ChannelHandlerContext?
    private(set) var state = State.open
    private var assembler: WebSocketAssembler
    private var wantsRead = false
    private var isInputClosed = false
    private var isOutputClosed = false
    /// Since when the client takes less than it is sent.
    private var isSlowSince: NIODeadline?

    init(session: WebSocketSession, sockets: WebSockets) {
        self.session = session
        self.sockets = sockets
        assembler = WebSocketAssembler(limit: sockets.dispatcher.options.messageLimit)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        sockets.opened(self)
        context.read()
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        state = .over(since: .now())
        sockets.closed(self)
        session.clientIsGone()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch state {
        case .open, .closing: break
        case .answering, .over: return
        }
        do throws(WebSocketProblem) {
            if let message = try assembler.take(unwrapInboundIn(data)) { take(message) }
        } catch {
            fail(error)
        }
    }

    private func take(_ message: WebSocketMessage) {
        switch (state, message) {
        case (.open, .ping(let content)): send(WebSocketFrames.frame(.pong, content))
        case (.open, .close(let code, _)):
            state = .answering(code: code)
            session.received(message)
        case (.open, _): session.received(message)
        case (.closing, .close):
            session.received(message)
            finish()
        default: break
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case NIOWebSocketError.invalidFrameLength: fail(.tooLarge(limit: assembler.limit))
        case NIOWebSocketError.fragmentedControlFrame:
            fail(.unclear("A control frame must be whole."))
        case NIOWebSocketError.multiByteControlFrameLength:
            fail(.unclear("A control frame has 125 bytes at most."))
        // What follows a frame that could not be read is not read either.
        case is ByteToMessageDecoderError: break
        default: context.close(promise: nil)
        }
    }

    /// Ends what is no WebSocket any more.
    private func fail(_ problem: WebSocketProblem) {
        switch state {
        case .open: write(WebSocketFrames.close(problem.code, problem.reason))
        case .closing: break
        case .answering, .over: return
        }
        finish()
        session.clientIsGone()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed = event else {
            return context.fireUserInboundEventTriggered(event)
        }
        isInputClosed = true
        switch state {
        case .open, .closing: context.close(promise: nil)
        case .answering: break
        case .over: if isOutputClosed { context.close(promise: nil) }
        }
    }

    private func write(_ frame: ByteBuffer) {
        context?.writeAndFlush(wrapOutboundOut(frame), promise: nil)
    }

    private func finish() {
        guard let context else { return }
        state = .over(since: .now())
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        context.close(mode: .output).whenComplete { _ in bound.value.isAllSent() }
        resumeReading()
    }

    private func isAllSent() {
        isOutputClosed = true
        if isInputClosed { context?.close(promise: nil) }
    }
}

extension WebSocketConnection {
    /// Whether something can be sent.
    var isOpen: Bool {
        switch state {
        case .open, .answering: true
        case .closing, .over: false
        }
    }

    /// Whether what is sent does not wait for the client.
    var isWritable: Bool { context?.channel.isWritable ?? false }

    /// Reads on, unless the function or the client has to catch up first.
    func read(context: ChannelHandlerContext) {
        if mayRead {
            context.read()
        } else {
            wantsRead = true
        }
    }

    private var mayRead: Bool {
        switch state {
        case .open, .closing: !session.isFull && isWritable
        case .answering, .over: true
        }
    }

    func resumeReading() {
        guard wantsRead, mayRead else { return }
        wantsRead = false
        context?.read()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        isSlowSince = context.channel.isWritable ? nil : .now()
        resumeReading()
        session.proceed()
        context.fireChannelWritabilityChanged()
    }
}

extension WebSocketConnection {
    /// Sends a frame, unless the client was told that nothing more comes.
    func send(_ frame: ByteBuffer) {
        if isOpen { write(frame) }
    }

    /// Sends a frame that many get, unless the client is so slow that it would fill the memory: it is
    /// dropped then.
    func deliver(_ frame: ByteBuffer) {
        guard isWritable || unsent <= sockets.dispatcher.options.unsentLimit else {
            sockets.dispatcher.logger.warning(
                """
                A client of \(session.function) was dropped: it does not take what is published, \
                and \(unsent) bytes waited for it.
                """)
            drop()
            return
        }
        send(frame)
    }

    /// In bytes.
    private var unsent: Int {
        (try? context?.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    /// Says that it ends, or that it may end.
    func close(_ code: Int?, _ reason: String = "") {
        switch state {
        case .open:
            write(WebSocketFrames.close(code, reason))
            state = .closing(since: .now())
            resumeReading()
        case .answering:
            write(WebSocketFrames.close(code, reason))
            finish()
        case .closing, .over: break
        }
    }

    /// Answers a client's wish to end it with the code that it gave (RFC 6455 §5.5.1).
    func answerClose() {
        if case .answering(let code) = state { close(code) }
    }

    /// Ends it without a word.
    func drop() {
        context?.close(promise: nil)
    }

    /// Ends what takes too long; called once a second.
    func look(now: NIODeadline) {
        let options = sockets.dispatcher.options
        switch state {
        case .open, .answering:
            if let isSlowSince, now - isSlowSince > options.keepAliveTimeout { drop() }
        case .closing(let since):
            if now - since > (sockets.isStopping ? .seconds(1) : options.closeTimeout) { drop() }
        case .over(let since):
            if now - since > (isWritable ? .seconds(1) : options.clientTimeout) { drop() }
        }
        session.look(now: now)
    }
}
