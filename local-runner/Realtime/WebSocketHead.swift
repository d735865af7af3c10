import NIOHTTP1

/// The head of the requests that tell a function of a WebSocket.
enum WebSocketHead {
    /// What the runner says in each of them, beside the connection's id and its memory.
    static let fields = [
        (name: "accept", value: WebSocketEvent.mediaType),
        (name: "content-type", value: WebSocketEvent.mediaType),
        (name: "sec-websocket-extensions", value: "grip"),
    ]

    /// The client's own head, of a POST.
    ///
    /// Left out is what concerns the handshake alone, and what only the runner may say: a client
    /// cannot set what the function takes for the connection's memory.
    static func told(of head: HTTPRequestHead) -> HTTPRequestHead {
        var headers = HTTPHeaders()
        let named = head.headers[canonicalForm: "connection"].map { $0.lowercased() }
        for (name, value) in head.headers {
            let name = name.lowercased()
            if dropped.contains(name) || named.contains(name) { continue }
            if name.hasPrefix("meta-") || name.hasPrefix("grip-") { continue }
            headers.add(name: name, value: value)
        }
        return HTTPRequestHead(version: .http1_1, method: .POST, uri: head.uri, headers: headers)
    }

    private static let dropped: Set = [
        "accept", "content-type", "content-length", "connection-id", "expect", "upgrade",
        "sec-websocket-key", "sec-websocket-version", "sec-websocket-extensions",
        "sec-websocket-accept", "content-bytes-replayed",
    ]
}
