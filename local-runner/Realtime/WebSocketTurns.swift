import NIOCore

/// Whose function is called next.
///
/// A pool refuses requests when too many wait, and a WebSocket whose function is not told what
/// happened would have to be closed. So no more than half of a pool's queue is theirs; the others
/// wait here, in order, however many they are.
final class WebSocketTurns {
    private struct Line {
        var underWay = 0
        var waiting = CircularBuffer<WebSocketSession>()
    }

    private unowned let dispatcher: Dispatcher
    private var lines: [String: Line] = [:]
    private var isStopped = false

    init(_ dispatcher: Dispatcher) {
        self.dispatcher = dispatcher
    }

    var isEmpty: Bool { lines.isEmpty }

    /// Lets a session start, now or when it is its turn.
    func wait(_ session: WebSocketSession) {
        guard !isStopped else { return }
        lines[session.function, default: Line()].waiting.append(session)
        advance(session.function)
    }

    /// A session's call has been answered.
    func end(of session: WebSocketSession) {
        let function = session.function
        lines[function]?.underWay -= 1
        // Not from within: one that fails at once would let the next one fail, and so on.
        let bound = NIOLoopBound(self, eventLoop: dispatcher.loop)
        dispatcher.loop.execute { bound.value.advance(function) }
    }

    /// Looks whether pools that had no room have some now.
    func advance() {
        for function in Array(lines.keys) { advance(function) }
    }

    func stop() {
        isStopped = true
        lines = [:]
    }

    private func advance(_ function: String) {
        let limit = max(1, dispatcher.options.queueLimit / 2)
        while let line = lines[function], line.underWay < limit, !line.waiting.isEmpty {
            // Where the function is gone, the session has to find that out.
            guard dispatcher.pool(of: function)?.hasRoom ?? true else { return }
            lines[function]?.underWay += 1
            lines[function]?.waiting.removeFirst().start()
        }
        if let line = lines[function], line.underWay == 0, line.waiting.isEmpty {
            lines[function] = nil
        }
    }
}
