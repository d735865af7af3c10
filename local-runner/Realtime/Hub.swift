import NIOCore

/// Who wants what is published on a channel: a held connection.
protocol Subscriber: AnyObject {
    /// Takes an item, of which it picks the form in which it is held.
    ///
    /// It may unsubscribe from within.
    func deliver(_ item: PublishedItem)
}

/// Where published items meet those who wait for them.
///
/// An item passes the ``Sequencer``, which puts it in order behind the one before it, and is then
/// handed to each subscriber of its channel. What is the same for all of them, such as the frame of
/// a chunk, is in the item already, so that a thousand clients cost a thousand writes of one buffer.
///
/// It belongs to the server's event loop. Nothing of it outlives the runner.
final class Hub {
    /// A channel of one app; other apps may have one of the same name.
    struct Channel: Hashable, Sendable {
        var app: String
        var name: String
    }

    private var subscribers: [Channel: [ObjectIdentifier: any Subscriber]] = [:]
    private var sequencer = Sequencer()

    func subscribe(_ subscriber: any Subscriber, to channel: Channel) {
        subscribers[channel, default: [:]][ObjectIdentifier(subscriber)] = subscriber
    }

    func unsubscribe(_ subscriber: any Subscriber, from channel: Channel) {
        guard subscribers[channel]?.removeValue(forKey: ObjectIdentifier(subscriber)) != nil,
            subscribers[channel]?.isEmpty == true
        else { return }
        subscribers[channel] = nil
    }

    /// Delivers items, in order; one whose predecessor has not come yet waits for it.
    ///
    /// - Parameters:
    ///   - items: of one app.
    ///   - app: its name.
    ///   - now: when they came.
    func publish(_ items: [PublishedItem], app: String, now: NIODeadline = .now()) {
        for item in items {
            let channel = Channel(app: app, name: item.channel)
            for item in sequencer.take(item, on: channel, now: now) { deliver(item, on: channel) }
        }
    }

    /// Delivers what has waited too long for the one before it; called about once a second.
    func sweep(now: NIODeadline) {
        for (channel, item) in sequencer.expire(now: now) { deliver(item, on: channel) }
    }

    /// Of the item that was delivered last on a channel, where it had one and is remembered.
    func lastID(of channel: Channel) -> String? { sequencer.lastID(of: channel) }

    func subscriberCount(of channel: Channel) -> Int { subscribers[channel]?.count ?? 0 }

    private func deliver(_ item: PublishedItem, on channel: Channel) {
        // Who unsubscribes from within changes a copy, which is made once.
        guard let all = subscribers[channel] else { return }
        for subscriber in all.values { subscriber.deliver(item) }
    }
}
