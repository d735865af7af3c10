import NIOCore

/// All WebSockets that the runner holds.
///
/// They are not looked over with the connections of HTTP, 20 times a second: there may be thousands,
/// and what they wait for takes seconds.
final class WebSockets {
    unowned let dispatcher: Dispatcher
    private(set) var turns: WebSocketTurns
    private(set) var isStopping = false
    private var connections: [ObjectIdentifier: WebSocketConnection] = [:]
    private var repeatedLook: RepeatedTask?

    init(_ dispatcher: Dispatcher) {
        self.dispatcher = dispatcher
        turns = WebSocketTurns(dispatcher)
    }

    var isEmpty: Bool { connections.isEmpty }

    func opened(_ connection: WebSocketConnection) {
        connections[ObjectIdentifier(connection)] = connection
        if repeatedLook == nil { beginLooking() }
        if isStopping { connection.close(1001, Self.farewell) }
    }

    func closed(_ connection: WebSocketConnection) {
        connections[ObjectIdentifier(connection)] = nil
    }

    private func beginLooking() {
        let bound = NIOLoopBound(self, eventLoop: dispatcher.loop)
        repeatedLook = dispatcher.loop.scheduleRepeatedTask(
            initialDelay: .seconds(1), delay: .seconds(1)
        ) { _ in bound.value.look() }
    }

    private func look() {
        let now = NIODeadline.now()
        for connection in connections.values { connection.look(now: now) }
        turns.advance()
        guard connections.isEmpty, turns.isEmpty else { return }
        repeatedLook?.cancel()
        repeatedLook = nil
    }

    /// Tells all clients that the server goes away; their functions are told nothing more.
    func stop() {
        isStopping = true
        turns.stop()
        for connection in connections.values { connection.close(1001, Self.farewell) }
    }

    /// Ends what has not ended by itself.
    func dropAll() {
        for connection in connections.values { connection.drop() }
    }

    private static let farewell = "The runner stops."
}
