import NIOCore

/// Puts the items of a channel in the order that their ids tell.
///
/// Publishers may overtake each other. An item says with its previous id which one it follows; where
/// that is not the channel's last, it waits for the missing one, though not for long: those who
/// need it find the gap by the same id, and ask their function. As in Pushpin, an item waits 5
/// seconds at most, 100 wait in a channel, and an id that comes again within a minute is a
/// repetition and dropped.
struct Sequencer {
    static let patience = TimeAmount.seconds(5)
    static let capacity = 100
    static let memory = TimeAmount.seconds(60)
    /// How many ids are remembered for that; beyond it the oldest are forgotten sooner.
    static let idsKept = 100_000
    /// How many channels' last ids are kept, at least; those that are silent the longest go.
    static let channelsKept = 50_000

    private struct Waiting {
        var item: PublishedItem
        var ticket: Int
    }

    private struct Turn {
        var ticket: Int
        var expiry: NIODeadline
        var channel: Hub.Channel
        var previousID: String
    }

    private struct ItemName: Hashable {
        var channel: Hub.Channel
        var id: String
    }

    /// Those that wait, by the id that they wait for.
    private var waiting: [Hub.Channel: [String: Waiting]] = [:]
    /// When each of them has waited enough, the first one first; some have left since.
    private var turns = CircularBuffer<Turn>()
    private var lastTicket = 0
    private var seen: Set<ItemName> = []
    private var seenUntil = CircularBuffer<(NIODeadline, ItemName)>()
    private var lastIDs: [Hub.Channel: String] = [:]
    /// Those that were set before ``lastIDs`` was full.
    private var olderLastIDs: [Hub.Channel: String] = [:]

    /// Takes an item.
    ///
    /// - Returns: what can be delivered now, in order.
    mutating func take(
        _ item: PublishedItem, on channel: Hub.Channel, now: NIODeadline
    ) -> [PublishedItem] {
        guard isNew(item, on: channel, now: now) else { return [] }
        guard item.isSequenced else { return [item] }
        if let previousID = item.previousID, let lastID = lastID(of: channel), lastID != previousID
        {
            wait(item, for: previousID, on: channel, now: now)
            return []
        }
        return release(item, on: channel)
    }

    /// What has waited long enough, and what follows it.
    mutating func expire(now: NIODeadline) -> [(Hub.Channel, PublishedItem)] {
        var ready: [(Hub.Channel, PublishedItem)] = []
        while let turn = turns.first, turn.expiry <= now {
            turns.removeFirst()
            guard let late = waiting[turn.channel]?[turn.previousID], late.ticket == turn.ticket
            else { continue }
            leave(turn.previousID, on: turn.channel)
            ready += release(late.item, on: turn.channel).map { (turn.channel, $0) }
        }
        return ready
    }

    func lastID(of channel: Hub.Channel) -> String? {
        lastIDs[channel] ?? olderLastIDs[channel]
    }

    private mutating func forgetLastID(of channel: Hub.Channel) {
        lastIDs[channel] = nil
        olderLastIDs[channel] = nil
    }

    private mutating func isNew(
        _ item: PublishedItem, on channel: Hub.Channel, now: NIODeadline
    ) -> Bool {
        while let (until, name) = seenUntil.first, until <= now || seenUntil.count >= Self.idsKept {
            seenUntil.removeFirst()
            seen.remove(name)
        }
        guard let id = item.id else { return true }
        let name = ItemName(channel: channel, id: id)
        guard seen.insert(name).inserted else { return false }
        seenUntil.append((now + Self.memory, name))
        return true
    }

    private mutating func wait(
        _ item: PublishedItem, for previousID: String, on channel: Hub.Channel, now: NIODeadline
    ) {
        let others = waiting[channel, default: [:]]
        guard others[previousID] == nil, others.count < Self.capacity else { return }
        lastTicket += 1
        waiting[channel, default: [:]][previousID] = Waiting(item: item, ticket: lastTicket)
        turns.append(
            Turn(
                ticket: lastTicket, expiry: now + Self.patience, channel: channel,
                previousID: previousID))
    }

    /// An item that is next, and those that have waited for it.
    private mutating func release(
        _ item: PublishedItem, on channel: Hub.Channel
    ) -> [PublishedItem] {
        var ready = [item]
        var id = item.id
        while let last = id, let next = waiting[channel]?[last] {
            leave(last, on: channel)
            ready.append(next.item)
            id = next.item.id
        }
        note(id, on: channel)
        return ready
    }

    private mutating func leave(_ previousID: String, on channel: Hub.Channel) {
        waiting[channel]?[previousID] = nil
        if waiting[channel]?.isEmpty == true { waiting[channel] = nil }
    }

    private mutating func note(_ id: String?, on channel: Hub.Channel) {
        guard let id else { return forgetLastID(of: channel) }
        if lastIDs.count >= Self.channelsKept, lastIDs[channel] == nil {
            olderLastIDs = lastIDs
            lastIDs = [:]
        }
        lastIDs[channel] = id
    }
}
