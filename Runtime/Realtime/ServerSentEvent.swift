public import FunctionRuntime

/// One event of `text/event-stream` (WHATWG HTML §9.2.5).
public struct ServerSentEvent: Sendable, Equatable {
    /// What `EventSource` listens for; nil for `message`.
    public var type: String?
    /// Any text; each of its lines becomes a line of the event.
    public var data: String
    /// What the client sends as `Last-Event-ID` when it connects again.
    public var id: String?

    public init(_ type: String? = nil, data: String, id: String? = nil) {
        self.type = type
        self.data = data
        self.id = id
    }

    /// An event whose data is a value as JSON.
    public init(_ type: String? = nil, json value: some Encodable, id: String? = nil) throws {
        let bytes = try JSON(encoding: value).bytes
        self.init(type, data: String(decoding: bytes, as: UTF8.self), id: id)
    }

    /// The event as it goes over the wire.
    public var text: String {
        var text = ""
        // An id with a zero byte is ignored (§9.2.6), one with a line break would be two lines.
        if let id, !id.utf8.contains(where: { [0, 0x0A, 0x0D].contains($0) }) {
            text += "id: \(id)\n"
        }
        if let type { text += "event: \(type)\n" }
        let lines = data.split(omittingEmptySubsequences: false) {
            ["\n", "\r\n", "\r"].contains($0)
        }
        for line in lines { text += "data: \(line)\n" }
        return text + "\n"
    }
}

extension Response {
    /// A stream of events, which begins with these; ``held(_:)`` lets it go on.
    ///
    /// - Parameters:
    ///   - events: what comes first.
    ///   - retry: after how many milliseconds a client that lost the connection comes back; nil for
    ///     its own.
    /// - Returns: the answer.
    public static func events(_ events: [ServerSentEvent], retry: Int? = nil) -> Response {
        let text = (retry.map { "retry: \($0)\n\n" } ?? "") + events.map(\.text).joined()
        return Response(
            status: 200,
            headers: [
                "content-type": "text/event-stream", "cache-control": "no-cache",
                // nginx passes on what comes as it comes.
                "x-accel-buffering": "no",
            ], body: Array(text.utf8))
    }
}
