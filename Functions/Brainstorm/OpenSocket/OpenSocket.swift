import Brainstorm
import BrainstormLive
import FunctionPostgres
import FunctionRealtime
import FunctionRuntime

/// Shows what happens in the game on a WebSocket.
///
/// For who is signed in, on a page of this site, or has a token. All that happens is shown until the
/// client unsubscribes. Every 30 seconds it is seen to that the client may still watch; where he may
/// not, the connection ends with the code 4401.
@main
struct OpenSocket: BrainstormFunction, WebSocketFunction {
    static let route = Route.webSocket("/api/ws").alias("/api/obs/websocket")

    var database = Database.brainstorm
    var proxy = GripProxy()

    private static let interval = 30

    func handle(_ event: WebSocketEvent, on socket: inout WebSocket) throws {
        switch event {
        case .open: try open(&socket)
        case .text(let text): try socket.answer(ClientMessage(text))
        case .binary: try socket.answer(.malformed)
        case .beat, .ping, .pong: break
        case .close, .disconnect: return
        }
        try beat(&socket, isDue: event == .beat)
    }

    private func open(_ socket: inout WebSocket) throws {
        let kinds = try Kind.named(socket.request.query["types"])
        let viewer = try viewer(on: socket)
        socket.beat = Self.interval
        socket.meta["seen"] = String(socket.request.time.milliseconds)
        for channel in kinds.map(\.rawValue) + viewer.ownChannels { socket.subscribe(to: channel) }
        try socket.send(json: Greeting(viewer, kinds, at: socket.request.time))
    }

    /// Does what is due when nothing has been for a while, also where the client never stops talking.
    private func beat(_ socket: inout WebSocket, isDue: Bool) throws {
        let time = socket.request.time
        let seen = socket.meta["seen"].flatMap { Int64($0) } ?? 0
        guard isDue || time.milliseconds - seen >= Int64(Self.interval) * 1000 else { return }
        do {
            _ = try viewer(on: socket)
        } catch let failure as Failure where failure.status == 401 {
            return socket.close(code: 4401, reason: failure.code)
        } catch let failure as Failure where failure.status >= 500 {
            // It is not known; the next beat asks again.
        }
        socket.meta["seen"] = String(time.milliseconds)
        let heartbeat: JSON = ["type": "heartbeat", "timestamp": .string(time.description)]
        try socket.send(json: heartbeat)
    }

    private func viewer(on socket: WebSocket) throws -> Viewer {
        try Credential(socket.request)
            .viewer(in: database, connection: socket.id, at: socket.request.time)
    }
}
