import BrainstormLive
import FunctionRealtime
import FunctionRuntime

/// What a client says on a WebSocket.
enum ClientMessage {
    case ping
    case subscribe([Kind])
    case unsubscribe([Kind])
    case unknownChannel(String)
    case malformed

    init(_ text: String) {
        guard let json = try? JSON(parsing: text), let type = json["type"]?.text else {
            self = .malformed
            return
        }
        switch (type, json["channels"]) {
        case ("ping", _): self = .ping
        case ("subscribe", .array(let channels)?):
            self = Self.channels(channels) { .subscribe($0) }
        case ("unsubscribe", .array(let channels)?):
            self = Self.channels(channels) { .unsubscribe($0) }
        default: self = .malformed
        }
    }

    private static func channels(_ names: [JSON], _ make: ([Kind]) -> Self) -> Self {
        var kinds: [Kind] = []
        for name in names {
            guard let text = name.text else { return .malformed }
            guard let kind = Kind(rawValue: text) else { return .unknownChannel(text) }
            kinds.append(kind)
        }
        return make(kinds)
    }
}

extension WebSocket {
    /// Does what the client asks for, and says so.
    mutating func answer(_ message: ClientMessage) throws {
        switch message {
        case .ping: try send(json: ["type": "pong"] as JSON)
        case .subscribe(let kinds):
            for kind in kinds { subscribe(to: kind.rawValue) }
            try send(json: Channels(type: "subscribed", channels: kinds))
        case .unsubscribe(let kinds):
            for kind in kinds { unsubscribe(from: kind.rawValue) }
            try send(json: Channels(type: "unsubscribed", channels: kinds))
        case .unknownChannel(let name): try refuse(Kind.unknown(name))
        case .malformed:
            try refuse(
                "Send JSON such as {\"type\":\"subscribe\",\"channels\":[\"bell\"]}; "
                    + "the types are ping, subscribe and unsubscribe.")
        }
    }

    private mutating func refuse(_ words: String) throws {
        let error: JSON = ["type": "error", "message": .string(words)]
        try send(json: error)
    }
}

private struct Channels: Encodable {
    var type: String
    var channels: [Kind]
}
