public import FunctionCache
public import FunctionRealtime
public import FunctionRuntime

/// What somebody has missed who comes back, and from where he is to go on.
public struct Missed {
    public var events: [ServerSentEvent] = []
    /// The last entry of each kind that he knows now; nil where there is no journal.
    private var positions: [Kind: Journal.ID]?
    private let kinds: [Kind]

    /// Looks into the journal.
    ///
    /// - Parameters:
    ///   - kinds: which he watches.
    ///   - known: the last entry of each that he knows; nil for who comes anew and has missed
    ///     nothing.
    ///   - cache: has the journal.
    /// - Throws: 503 where Redis goes away meanwhile.
    public init(_ kinds: [Kind], since known: [Kind: Journal.ID]?, in cache: Cache) throws {
        self.kinds = kinds
        // What is appended after this is found below, or is published with this for its predecessor.
        guard let last = try cache.events.last(of: kinds.map(\.rawValue)) else { return }
        var positions = Dictionary(uniqueKeysWithValues: zip(kinds, last))
        if let known, var id = known.values.min() {
            var entries: [Journal.Entry]
            repeat {
                entries = try cache.events.read(after: id, limit: Self.most)
                for entry in entries {
                    guard let kind = Kind(rawValue: entry.channel), let mark = known[kind] else {
                        continue
                    }
                    positions[kind] = max(positions[kind] ?? entry.id, entry.id)
                    guard entry.id > mark else { continue }
                    let event = try JSON(parsing: entry.content).decode(as: Event.self)
                    events.append(event.streamed(id: entry.id))
                }
                id = entries.last?.id ?? id
            } while entries.count == Self.most
        }
        self.positions = positions
    }

    private static let most = 1000

    /// What a stream begins with: the greeting, and what was missed.
    ///
    /// The greeting has an id where nothing else has: so who loses the connection before anything has
    /// happened knows where he stands.
    public func events(after greeting: Greeting) throws -> [ServerSentEvent] {
        let start = events.isEmpty ? positions?.values.max()?.description : nil
        return [try ServerSentEvent(greeting.type, json: greeting, id: start)] + events
    }

    /// The channels with the entries from which the proxy goes on.
    public var channels: [Hold.Channel] {
        kinds.map { .init($0.rawValue, previousID: positions?[$0]?.description) }
    }
}

extension Request {
    /// What the proxy knows of each kind, where it asks for a stream to go on: `Grip-Last: trade;
    /// last-id=1795251600000-0`, a line for each, or all in one.
    public func gripLast(of kinds: [Kind]) -> [Kind: Journal.ID]? {
        let values = headers.all("grip-last").flatMap { $0.split(separator: ",") }
        guard !values.isEmpty else { return nil }
        // Of what it does not name it knows nothing.
        var known: [Kind: Journal.ID] = [:]
        for value in values {
            let parts = value.split(separator: ";").map { $0.filter { $0 != " " } }
            guard let kind = parts.first.flatMap(Kind.init), kinds.contains(kind) else { continue }
            let id = parts.dropFirst().first { $0.hasPrefix("last-id=") }
            known[kind] = id.flatMap { Journal.ID(String($0.dropFirst(8))) } ?? .start
        }
        return known
    }

    /// What a client says that it knows, in `Last-Event-ID` or, as it cannot set headers when it
    /// connects, in `?lastEventId=`; nil for what is no id.
    public func lastEventID(of kinds: [Kind]) -> [Kind: Journal.ID]? {
        guard let text = headers["last-event-id"] ?? query["lastEventId"], let id = Journal.ID(text)
        else { return nil }
        return Dictionary(uniqueKeysWithValues: kinds.map { ($0, id) })
    }
}
