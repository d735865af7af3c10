import NIOCore
import NIOHTTP1

/// One client's connection: takes requests one after another, and writes the answers in order.
///
/// NIO's decoder (llhttp) stands before it and gives heads, pieces of body and ends. While a
/// request is being answered, what a client has pipelined behind it waits in `backlog`, and no more
/// is read. There is no encoder behind it: an answer is one buffer, written at once.
///
///     idle ── head ──▶ receiving ── end ──▶ answering ── answer ──▶ idle
///                          │                   └── Grip-Hold ──▶ holding ── its end ──▶ idle
///                          └── too large, too slow ──▶ closing ◀──┘ (Connection: close)
///
/// In `holding` what is published is written, or waited for (``Held``).
///
/// In `closing` the client's remaining bytes are read and dropped for a moment: closing at once
/// would reset the connection, and the client might lose the answer it has not read yet
/// (RFC 9112 §9.6).
final class HTTPConnection: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    enum State {
        case idle
        case receiving(Call)
        case answering(Call)
        case holding(any Held)
        case closing
    }

    enum Event {
        case part(HTTPServerRequestPart)
        case refusal(Refusal)
    }

    let dispatcher: Dispatcher
    private(set) var remoteAddress = ""
    private(set) var localPort = 0
    private(set) var context: ChannelHandlerContext?
    var state = State.idle
    /// When the state last made progress.
    var since = NIODeadline.now()
    /// Whether bytes have come that are no whole head yet.
    private(set) var hasPartialHead = false
    /// Whether the bytes that are being read have held a part of a request.
    private var hasReadPart = false
    var backlog = CircularBuffer<Event>()
    private var isDraining = false
    private var wantsRead = false
    /// Whether a worker asks on it for what it is to do.
    var isOfWorker = false
    /// Whether the client will send no more.
    private(set) var isInputClosed = false

    init(dispatcher: Dispatcher) {
        self.dispatcher = dispatcher
    }

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        remoteAddress = context.remoteAddress?.ipAddress ?? ""
        localPort = context.localAddress?.port ?? 0
        dispatcher.opened(self)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        if let call { abandon(call) }
        if case .holding(let held) = state { held.clientHasGone() }
        state = .closing
        backlog.removeAll()
        self.context = nil
        dispatcher.closed(self)
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        dispatcher.closed(self)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        hasReadPart = true
        enqueue(.part(unwrapInboundIn(data)))
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if case .idle = state, !hasPartialHead, !hasReadPart {
            hasPartialHead = true
            since = .now()
        }
        hasReadPart = false
        context.fireChannelReadComplete()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case HTTPParserError.headerOverflow: enqueue(.refusal(.headersTooLarge))
        case is HTTPParserError:
            enqueue(.refusal(.badRequest("This is not a request in HTTP/1.1: \(error).")))
        default: context.close(promise: nil)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed = event else {
            return context.fireUserInboundEventTriggered(event)
        }
        isInputClosed = true
        switch state {
        case .idle, .receiving, .holding, .closing: context.close(promise: nil)
        case .answering(let call):
            // It may only have said that it has no more to send, so it gets its answer; but not at
            // the cost of clients that are there, when many wait, nor of a service's long poll.
            // One who wants a WebSocket has gone, and so has a worker.
            let isInTheWay = call.pool?.isWaitingForOthers(call) ?? (call.service?.isAtWork == true)
            let hasGone = call.opening != nil || call.recipient != nil
            if isInTheWay || hasGone { context.close(promise: nil) }
        }
    }

    /// Reads on, unless the client sends requests faster than it takes answers.
    func read(context: ChannelHandlerContext) {
        if mayRead && context.channel.isWritable {
            context.read()
        } else {
            wantsRead = true
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        since = .now()
        if case .holding(let held) = state, context.channel.isWritable { held.clientTakesMore() }
        resumeReading()
        context.fireChannelWritabilityChanged()
    }

    func resumeReading() {
        guard wantsRead, mayRead, let context, context.channel.isWritable else { return }
        wantsRead = false
        context.read()
    }

    /// Whether nobody waits for what has been read already.
    private var mayRead: Bool {
        backlog.isEmpty && call?.service?.isPaused != true && call?.opening == nil
    }

    var call: Call? {
        switch state {
        case .receiving(let call), .answering(let call): call
        case .idle, .holding, .closing: nil
        }
    }

    private func abandon(_ call: Call) {
        call.connection = nil
        call.service?.cancel()
        call.opening?.cancel()
        if !call.isAwaited { call.pool?.cancel(call) }
    }

    func enqueue(_ event: Event) {
        backlog.append(event)
        drain()
    }

    /// Takes events until a request is being answered.
    ///
    /// An answer may come at once, from within; so
    /// the loop notices that it runs already.
    func drain() {
        guard !isDraining else { return }
        isDraining = true
        defer { isDraining = false }
        while !backlog.isEmpty {
            switch state {
            case .answering, .holding: return
            case .idle, .receiving, .closing: take(backlog.removeFirst())
            }
        }
        resumeReading()
    }

    private func take(_ event: Event) {
        switch (state, event) {
        case (.idle, .part(.head(let head))): begin(head)
        case (.receiving(let call), .part(.body(var bytes))):
            since = .now()
            if let service = call.service { return service.receive(bytes) }
            guard call.body.readableBytes + bytes.readableBytes <= dispatcher.options.bodyLimit
            else { return refuse(.tooLarge(limit: dispatcher.options.bodyLimit), for: call) }
            if call.body.readableBytes == 0 {
                call.body = bytes
            } else {
                call.body.writeBuffer(&bytes)
            }
        case (.receiving(let call), .part(.end)):
            state = .answering(call)
            if let service = call.service { return service.receiveEnd() }
            if let ready = call.ready {
                call.answer(ready)
            } else if let opening = call.opening {
                opening.begin()
            } else if let recipient = call.recipient {
                recipient(call)
            } else {
                call.pool?.submit(call)
            }
        case (.receiving(let call), .refusal(let refusal)): refuse(refusal, for: call)
        case (.idle, .refusal(let refusal)): refuse(refusal, for: dispatcher.unreadableCall(self))
        default: break
        }
    }

    private func begin(_ head: HTTPRequestHead) {
        hasPartialHead = false
        let call = dispatcher.call(head, on: self)
        state = .receiving(call)
        since = call.taken
        if call.isUnclear, let ready = call.ready { return send(ready, for: call, closes: true) }
        if let service = call.service { return service.begin(call, on: self, dispatcher) }
        guard call.hasBody else { return }
        if let refusal = dispatcher.earlyRefusal(of: call) { return refuse(refusal, for: call) }
        if let ready = call.ready { return send(ready, for: call, closes: true) }
        invite(call)
    }
}
