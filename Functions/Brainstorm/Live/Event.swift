public import FunctionCache
public import FunctionRealtime
public import FunctionRuntime

/// Something that is shown live.
///
/// On a stream it is an event whose data is JSON, and on a WebSocket that JSON is a message:
///
///     id: 1795251600000-0
///     event: trade
///     data: {"type":"trade","message":"Theo Trader bought 10 ACME at 120.00.","timestamp":…,"eventId":17,"data":{…}}
///
///     {"type":"trade_notification","message":…,"timestamp":…,"eventId":17,"id":"1795251600000-0","data":{…}}
///
/// What comes twice has the same `eventId`, which is its number in the outbox.
public struct Event: Codable, Sendable {
    public var kind: Kind
    /// Another name under which it is told once more; nil for its own.
    var alias: String?
    /// Of a bell: what was done.
    var action: String?
    public var message: String
    public var timestamp: Timestamp
    public var eventId: Int
    public var data: JSON

    /// The event as one of a stream.
    ///
    /// - Parameter id: its place in the journal; nil where there is none.
    /// - Returns: the event, whose data is the JSON.
    public func streamed(id: Journal.ID?) -> ServerSentEvent {
        let name = alias ?? kind.rawValue
        return ServerSentEvent(
            name, data: String(decoding: json(type: name, id: nil).bytes, as: UTF8.self),
            id: id?.description)
    }

    /// The event as a message of a WebSocket.
    public func socketText(id: Journal.ID?) -> String {
        String(decoding: json(type: alias ?? kind.socketName, id: id).bytes, as: UTF8.self)
    }

    /// The event by the name that streams give it.
    public var json: JSON { json(type: alias ?? kind.rawValue, id: nil) }

    private func json(type: String, id: Journal.ID?) -> JSON {
        var members: [JSON.Member] = [.init("type", .string(type))]
        if let action { members.append(.init("action", .string(action))) }
        members += [
            .init("message", .string(message)), .init("timestamp", .string(timestamp.description)),
            .init("eventId", .number(String(eventId))),
        ]
        if let id { members.append(.init("id", .string(id.description))) }
        return .object(members + [.init("data", data)])
    }
}
