import Logging
import NIOCore
import NIOHTTP1

/// A handshake that waits for the function's word.
///
/// The function is told `OPEN`, with the client's own header. If its answer begins with `OPEN`, the
/// connection changes over; any other answer is the client's, and nothing changes.
final class WebSocketOpening {
    private let handshake: WebSocketHandshake
    private let call: Call
    private let sockets: WebSockets
    private let session: WebSocketSession
    private var opening: Call?
    private var isCanceled = false

    init?(_ handshake: WebSocketHandshake, of call: Call, sockets: WebSockets) {
        guard let pool = call.pool else { return nil }
        self.handshake = handshake
        self.call = call
        self.sockets = sockets
        session = WebSocketSession(of: call, function: pool.mount, sockets: sockets)
    }

    /// Asks the function.
    func begin() {
        var body = ByteBuffer()
        WebSocketEvent(.open).write(into: &body)
        let opening = session.call(with: body) { _, answer in self.finish(answer) }
        opening.pool = call.pool
        self.opening = opening
        call.pool?.submit(opening)
    }

    /// The client is gone.
    ///
    /// A function that lets it in all the same is told that it has left.
    func cancel() {
        isCanceled = true
        if let opening { call.pool?.cancel(opening) }
        opening = nil
        call.opening = nil
    }

    private func finish(_ answer: Answer) {
        opening = nil
        call.opening = nil
        do {
            var told = try WebSocketAnswer(answer)
            guard told.events.first?.kind == .open else { throw Refused() }
            told.events.removeFirst()
            open(told)
        } catch is Refused {
            sockets.dispatcher.logger.error(
                "\(session.function) answered a WebSocket's OPEN with events, but not with OPEN.")
            call.answer(
                Refusal.failed("\(session.function) neither opened the WebSocket nor refused it.")
                    .answer(in: call.pool?.mount.envelope))
        } catch {
            if answer.status == 200 {
                sockets.dispatcher.logger.warning(
                    "\(session.function) did not open a WebSocket: \(error).")
            }
            call.answer(answer)
        }
    }

    private struct Refused: Error {}

    private func open(_ answer: WebSocketAnswer) {
        guard !isCanceled, let client = call.connection else {
            session.open(on: nil, answer)
            return session.clientIsGone()
        }
        if let name = answer.subprotocol, !handshake.subprotocols.contains(name) {
            sockets.dispatcher.logger.warning(
                """
                \(session.function) named the subprotocol \(name.debugDescription), which the client \
                did not offer; the client is not told.
                """)
        }
        let connection = WebSocketConnection(session: session, sockets: sockets)
        let response = handshake.response(to: call, answer)
        client.change(to: connection, saying: response, for: call)
        session.open(on: connection, answer)
    }
}
