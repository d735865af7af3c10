import FunctionCrypto
import Logging
import NIOCore
import NIOHTTP1

/// What a function knows of a WebSocket: it is told what happens, one request at a time, and its
/// answers are done in order.
///
/// What happens while the function is at work waits, and goes into the next request together. When
/// too much waits, the client is not read on. The function is told the end once, as `CLOSE` or as
/// `DISCONNECT`, unless it failed or detached itself.
final class WebSocketSession {
    /// Such as `Brainstorm/Trade`.
    let function: String
    let sockets: WebSockets
    let app: String
    /// Nobody can guess it.
    private let id = Hex.encode((0..<16).map { _ in UInt8.random(in: 0...255) })
    private let head: HTTPRequestHead
    private let target: RequestTarget?
    private let prefixLength: Int
    private let remoteAddress: String
    private let localPort: Int
    private(set) var connection: WebSocketConnection?
    var meta: [(name: String, value: String)] = []
    var messagePrefix: String?
    var channels: Set<String> = []

    /// What happened and was not told yet, as the body of a request.
    var pending = ByteBuffer()
    /// Whether to call the function though nothing happened.
    private var wantsCall = false
    /// Whether the function is at work, or its turn is waited for.
    private var isBusy = false
    /// Whether nothing more can happen that the function is to be told.
    private var isAtEnd = false
    /// Whether it has been told all, the end of it too.
    var isEndTold = false

    var isDetached = false
    var beat: TimeAmount?
    private var lastCall = NIODeadline.now()
    var timers = WebSocketTimers()

    init(of call: Call, function: Mount, sockets: WebSockets) {
        self.function = function.name
        self.sockets = sockets
        app = function.app
        head = WebSocketHead.told(of: call.head)
        target = RequestTarget(call.head)
        prefixLength = call.prefixLength
        remoteAddress = call.remoteAddress
        localPort = call.localPort
    }

    /// A request to the function.
    func call(
        with body: ByteBuffer, completion: @escaping (Call, Answer) -> Void
    ) -> Call {
        let call = sockets.dispatcher.makeCall(
            head, target, hasBody: true, completion: completion)
        call.prefixLength = prefixLength
        call.proxyFields =
            WebSocketHead.fields + [("connection-id", id)]
            + meta.map { ("meta-" + $0.name, $0.value) }
        call.remoteAddress = remoteAddress
        call.localPort = localPort
        call.body = body
        return call
    }

    /// The connection has opened; nil where the client has left meanwhile.
    func open(on connection: WebSocketConnection?, _ answer: WebSocketAnswer) {
        self.connection = connection
        messagePrefix = answer.messagePrefix
        done(with: answer)
    }
}

extension WebSocketSession {
    /// Whether so much waits that nothing more is to be read.
    var isFull: Bool { pending.readableBytes > sockets.dispatcher.options.unsentLimit }

    /// The client has sent something.
    func received(_ message: WebSocketMessage) {
        if isDetached {
            connection?.answerClose()
        } else if !isAtEnd {
            if case .close = message { isAtEnd = true }
            WebSocketEvent(message).write(into: &pending)
            proceed()
        }
    }

    /// The connection was lost.
    func clientIsGone() {
        connection = nil
        unsubscribe()
        guard !isAtEnd else { return proceed() }
        isAtEnd = true
        guard !isDetached else { return }
        WebSocketEvent(.disconnect).write(into: &pending)
        proceed()
    }

    /// Calls the function if there is something to tell and it is not at work.
    ///
    /// A client that does not take what it was sent gets nothing more before it has.
    func proceed() {
        guard !isBusy, !isEndTold, pending.readableBytes > 0 || wantsCall,
            connection?.isWritable ?? true
        else { return }
        isBusy = true
        sockets.turns.wait(self)
    }

    /// Calls the function: it is this one's turn.
    func start() {
        let body = pending
        pending = ByteBuffer()
        wantsCall = false
        isEndTold = isAtEnd
        let call = call(with: body) { call, answer in
            self.sockets.dispatcher.log(answer, for: call)
            self.sockets.turns.end(of: self)
            self.isAnswered(answer)
        }
        call.pool = sockets.dispatcher.pool(of: function)
        if let pool = call.pool {
            pool.submit(call)
        } else {
            call.answer(Refusal.notFound(call.path).answer(in: nil))
        }
        connection?.resumeReading()
    }

    private func isAnswered(_ answer: Answer) {
        isBusy = false
        lastCall = .now()
        do throws(WebSocketAnswer.Problem) {
            done(with: try WebSocketAnswer(answer))
        } catch {
            fail(error)
        }
    }

    /// Does what an answer says, and goes on.
    private func done(with answer: WebSocketAnswer) {
        do throws(WebSocketAnswer.Problem) {
            try take(answer)
            if isEndTold { connection?.answerClose() }
        } catch {
            return fail(error)
        }
        proceed()
    }

    /// A function that failed knows no more of the connection, so that is closed.
    func fail(_ problem: WebSocketAnswer.Problem) {
        sockets.dispatcher.logger.error("\(function) failed on a WebSocket: \(problem.text).")
        isAtEnd = true
        isEndTold = true
        pending = ByteBuffer()
        close(1011, "The function failed.")
    }

    /// Closes the connection; nothing that is published comes any more.
    func close(_ code: Int?, _ reason: String) {
        unsubscribe()
        connection?.close(code, reason)
    }
}

extension WebSocketSession: Subscriber {
    var hub: Hub { sockets.dispatcher.hub }

    func deliver(_ item: PublishedItem) {
        switch item.message {
        case nil: break
        case .content(let piece):
            timers.isSending()
            connection?.deliver(piece.frame)
        case .refresh: callAgain()
        case .close(let code, let reason): close(code ?? 1000, reason)
        }
    }

    private func unsubscribe() {
        for name in channels { hub.unsubscribe(self, from: Hub.Channel(app: app, name: name)) }
        channels = []
    }

    /// Calls the function though nothing happened.
    private func callAgain() {
        guard !isAtEnd, !isDetached else { return }
        wantsCall = true
        proceed()
    }

    /// Does what is due; called once a second.
    func look(now: NIODeadline) {
        guard let connection, connection.isOpen else { return }
        for frame in timers.due(now: now) { connection.deliver(frame) }
        if let beat, !isBusy, now - lastCall >= beat { callAgain() }
    }
}
