import Brainstorm
public import FunctionPostgres
import FunctionRuntime

/// An event as the outbox has it: a row of the view `live_events`.
public struct OutboxEvent: Decodable, Sendable {
    /// The place in the journal of one of the events that it is shown as.
    struct Place: Codable, Sendable {
        var id: String
        var previousId: String
    }

    public var id: Int
    var type: String
    var channel: Kind
    var payload: JSON
    var createdAt: Timestamp
    var journaled: [Place]?

    /// The columns, where the row is called `e`.
    public static var columns: SQL {
        "e.id, e.type, e.channel, e.payload, e.created_at, e.journaled"
    }

    /// What it is shown as.
    ///
    /// A bell is told twice: as `bell`, and under the name that pages listen for.
    public var events: [Event] {
        guard channel == .bell else { return [event(message, data: payload)] }
        let isStart = type == "market.day_started"
        var bell = event(message, data: payload)
        bell.action = isStart ? "start_day" : "end_day"
        bell.data = [
            "action": .string(isStart ? "start_day" : "end_day"), "day": payload["day"] ?? .null,
            "endsAt": payload["endsAt"]?.text.flatMap(Timestamp.init).map { .string("\($0)") }
                ?? .null,
        ]
        var alias = bell
        alias.alias = isStart ? "day_started" : "day_ended"
        return [bell, alias]
    }

    private func event(_ message: String, data: JSON) -> Event {
        Event(kind: channel, message: message, timestamp: createdAt, eventId: id, data: data)
    }

    private var message: String {
        switch channel {
        case .bell:
            payload["message"]?.text
                ?? "Day \(word("day")) has \(type == "market.day_started" ? "started" : "ended")."
        case .trade:
            """
            \(word("displayName")) \(word("type") == "buy" ? "bought" : "sold") \
            \(word("quantity")) \(word("ticker")) at \(word("price")).
            """
        case .news: word("title")
        case .price: priceMessage
        case .leaderboard: leader
        }
    }

    private var priceMessage: String {
        guard let price = payload["price"]?.text else {
            return "\(word("ticker")) has no price any more."
        }
        guard let before = payload["previous"]?.text.flatMap(Money.init) else {
            return "\(word("ticker")) is traded at \(price)."
        }
        let hasRisen = Money(price).map { $0.units > before.units } ?? false
        return "\(word("ticker")) \(hasRisen ? "rises" : "falls") to \(price)."
    }

    private var leader: String {
        guard case .array(let places)? = payload["places"], let first = places.first else {
            return "Nobody is ranked."
        }
        let name = first["displayName"]?.text ?? "Somebody"
        return "\(name) leads with \(first["portfolioValue"]?.text ?? "0.00")."
    }

    /// A member of the payload as it stands in a sentence.
    private func word(_ name: String) -> String {
        switch payload[name] {
        case .string(let text), .number(let text): text
        default: "somebody"
        }
    }
}
