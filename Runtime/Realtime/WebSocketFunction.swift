public import FunctionRuntime

/// A function that answers what happens on WebSockets.
///
/// ```swift
/// @main
/// struct EchoMessages: WebSocketFunction {
///     static let route = Route.webSocket("/echo")
///     var proxy = GripProxy()
///
///     func handle(_ event: WebSocketEvent, on socket: inout WebSocket) throws {
///         if case .text(let text) = event { socket.send(text) }
///     }
/// }
/// ```
///
/// The connection is held by a GRIP proxy, which tells of it by WebSocket-over-HTTP; no process of
/// the function lives as long as the connection. A connection that the handler lets open is open.
public protocol WebSocketFunction: Function {
    /// Through which requests come.
    var proxy: GripProxy { get }

    /// Answers one event.
    ///
    /// - Throws: a ``Failure``. At ``WebSocketEvent/open`` it is the client's answer, and there is no
    ///   connection; later it closes the connection, with 1008, or 1011 where it is a 5xx. Anything
    ///   else is logged and ends it as well.
    func handle(_ event: WebSocketEvent, on socket: inout WebSocket) throws
}

extension WebSocketFunction {
    public func handle(_ request: Request) throws -> Response {
        guard request.headers["content-type"] == WebSocketEvent.mediaType else {
            throw Failure(
                426, "upgrade-required", "This is a WebSocket; connect with ws:// or wss://.",
                headers: ["upgrade": "websocket"])
        }
        try proxy.require(for: request)
        guard let events = try? WebSocketEvent.read(request.body) else {
            throw Failure.badRequest("The body is not a sequence of WebSocket events.")
        }

        let isOpening = events.first == .open
        var socket = try WebSocket(request, isOpening: isOpening)
        for event in events {
            // A proxy may leave it to us to answer a ping (RFC 6455 §5.5.2); Pushpin does.
            if case .ping(let bytes) = event { socket.answer(.pong(bytes)) }
            do {
                try handle(event, on: &socket)
            } catch let failure as Failure where !isOpening {
                socket.close(code: failure.status < 500 ? 1008 : 1011, reason: failure.code)
            }
            if case .close = event, !socket.isClosed { socket.answer(event) }
            if socket.isClosed { break }
        }
        return socket.response
    }
}

extension WebSocket {
    /// Whether nothing more is to be said.
    fileprivate var isClosed: Bool {
        if case .close? = answers.last { true } else { false }
    }
}
