public import FunctionRuntime

/// A client's WebSocket, while a function answers what has happened on it.
///
/// The proxy holds the connection. What the function says here goes out with its answer; what it
/// wants to know the next time it puts into ``meta``.
public struct WebSocket: Sendable {
    /// Of the connection, for as long as it lasts.
    public let id: String
    /// Where the client connected, with its own headers; method and body are the proxy's.
    public let request: Request
    /// What the function remembers of the connection, up to a few hundred bytes.
    ///
    /// The proxy hands it back with each request. Names are in lower case; a value is one line of
    /// text.
    public var meta: [String: String]
    /// After how many seconds without an event the function is called all the same; nil for never.
    ///
    /// It gets ``WebSocketEvent/beat`` then. Pushpin waits 20 seconds at least.
    public var beat: Int?
    /// The subprotocol that the function speaks, of those that the client has named (RFC 6455 §1.9).
    public var subprotocol: String?

    private let earlier: [String: String]
    private(set) var answers: [WebSocketEvent] = []

    init(_ request: Request, isOpening: Bool) throws {
        guard let id = request.headers["connection-id"], !id.isEmpty else {
            throw Failure.badRequest("The events of a WebSocket come with its Connection-Id.")
        }
        self.id = id
        self.request = request
        let prefix = "meta-"
        meta = [:]
        for field in request.headers.fields where field.name.hasPrefix(prefix) {
            meta[String(field.name.dropFirst(prefix.utf8.count))] = field.value
        }
        earlier = meta
        if isOpening { answers = [.open] }
    }

    /// The subprotocols that the client speaks, the one that it likes best first.
    public var offeredSubprotocols: [String] {
        request.headers.all("sec-websocket-protocol").joined(separator: ",").split(separator: ",")
            .map { $0.filter { $0 != " " && $0 != "\t" } }
    }

    /// Sends a text.
    public mutating func send(_ text: String) {
        answers.append(.text("m:" + text))
    }

    /// Sends a value as JSON.
    public mutating func send(json value: some Encodable) throws {
        send(String(decoding: try JSON(encoding: value).bytes, as: UTF8.self))
    }

    /// Sends bytes.
    public mutating func send(_ bytes: [UInt8]) {
        answers.append(.binary(Array("m:".utf8) + bytes))
    }

    /// Asks the client for a sign of life, up to 125 bytes.
    public mutating func ping(_ bytes: [UInt8] = []) {
        answers.append(.ping(bytes))
    }

    /// Ends the connection.
    ///
    /// - Parameters:
    ///   - code: RFC 6455 §7.4; 1000 for a normal end, 4000 to 4999 for the app's own.
    ///   - reason: up to 123 bytes.
    public mutating func close(code: Int = 1000, reason: String = "") {
        answers.append(.close(code: code, reason: reason))
    }

    /// Delivers what is published to a channel from now on.
    public mutating func subscribe(to channel: String) {
        control(["type": "subscribe", "channel": .string(channel)])
    }

    public mutating func unsubscribe(from channel: String) {
        control(["type": "unsubscribe", "channel": .string(channel)])
    }

    /// Has the proxy send a text whenever nothing else was sent for a while.
    ///
    /// - Parameters:
    ///   - text: always the same.
    ///   - interval: in seconds.
    public mutating func keepAlive(_ text: String, every interval: Int) {
        control([
            "type": "keep-alive", "message-type": "text", "content": .string(text),
            "timeout": .number(String(interval)),
        ])
    }

    /// Leaves the connection to the proxy alone: it delivers what is published, and tells the
    /// function no more of what the client does.
    public mutating func detach() {
        control(["type": "detach"])
    }

    /// Says the same as was said.
    mutating func answer(_ event: WebSocketEvent) {
        answers.append(event)
    }

    private mutating func control(_ message: JSON) {
        answers.append(.text("c:" + String(decoding: message.bytes, as: UTF8.self)))
    }

    /// The function's answer to the proxy.
    var response: Response {
        var response = Response(
            status: 200,
            headers: [
                "content-type": WebSocketEvent.mediaType, "sec-websocket-extensions": "grip",
            ], body: answers.flatMap(\.bytes))
        if let beat { response.headers["keep-alive-interval"] = String(beat) }
        if let subprotocol { response.headers["sec-websocket-protocol"] = subprotocol }
        for name in Set(meta.keys).union(earlier.keys).sorted() where meta[name] != earlier[name] {
            response.headers["set-meta-\(name)"] = meta[name] ?? ""
        }
        return response
    }
}
