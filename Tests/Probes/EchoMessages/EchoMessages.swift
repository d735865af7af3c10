import FunctionRealtime
import FunctionRuntime

/// Sends back what a WebSocket's client sends.
///
/// A text that begins with `!` is an instruction: `!subscribe CHANNEL`, `!unsubscribe CHANNEL`,
/// `!close CODE`, `!count` (which counts in the connection's meta), `!detach`, `!fail`.
@main
struct EchoMessages: WebSocketFunction {
    static let route = Route.webSocket("/echo-messages").alias("/echo-messages-too")

    var proxy = GripProxy()

    func handle(_ event: WebSocketEvent, on socket: inout WebSocket) throws {
        switch event {
        case .open: try open(&socket)
        case .text(let text) where text.hasPrefix("!"): try obey(text.dropFirst(), on: &socket)
        case .text(let text): socket.send(text)
        case .binary(let bytes): socket.send(bytes)
        case .beat: socket.send("beat")
        case .ping, .pong, .close, .disconnect: break
        }
    }

    private func open(_ socket: inout WebSocket) throws {
        let query = socket.request.query
        if query["refuse"] != nil { throw Failure.unauthorized("This one is refused.") }
        socket.beat = query["beat"].flatMap { Int($0) }
        socket.subprotocol = socket.offeredSubprotocols.first { $0 == "apus" }
        for channel in query.all("channel") { socket.subscribe(to: channel) }
        if let text = query["keep-alive"] { socket.keepAlive(text, every: 1) }
        if let greeting = query["greeting"] { socket.send(greeting) }
    }

    private func obey(_ instruction: Substring, on socket: inout WebSocket) throws {
        let words = instruction.split(separator: " ").map(String.init)
        switch (words.first, words.dropFirst().first) {
        case ("subscribe", let channel?): socket.subscribe(to: channel)
        case ("unsubscribe", let channel?): socket.unsubscribe(from: channel)
        case ("close", let code):
            socket.close(code: code.flatMap { Int($0) } ?? 1000, reason: "asked")
        case ("detach", _): socket.detach()
        case ("fail", _): throw Failure.conflict("It was to fail.")
        case ("count", _):
            socket.meta["count"] = String((socket.meta["count"].flatMap { Int($0) } ?? 0) + 1)
            socket.send(socket.meta["count"] ?? "")
        default: socket.send("?")
        }
    }
}
