import NIOCore
import Testing

@testable import LocalRunner

@Suite struct SequencerTests {
    private let channel = Hub.Channel(app: "Probes", name: "a")
    private let start = NIODeadline.now()

    private func item(_ id: String?, after previous: String? = nil) -> PublishedItem {
        PublishedItem(channel: "a", id: id, previousID: previous)
    }

    private func ids(_ items: [PublishedItem]) -> [String?] { items.map(\.id) }

    @Test func `items that have overtaken others wait for them`() {
        var sequencer = Sequencer()
        #expect(ids(sequencer.take(item("1"), on: channel, now: start)) == ["1"])
        #expect(ids(sequencer.take(item("4", after: "3"), on: channel, now: start)) == [])
        #expect(ids(sequencer.take(item("3", after: "2"), on: channel, now: start)) == [])
        #expect(sequencer.lastID(of: channel) == "1")
        let ready = sequencer.take(item("2", after: "1"), on: channel, now: start)
        #expect(ids(ready) == ["2", "3", "4"])
        #expect(sequencer.lastID(of: channel) == "4")
        #expect(sequencer.expire(now: start + .seconds(9)).isEmpty)
    }

    @Test func `who has waited for five seconds goes, and so does who waits for him`() {
        var sequencer = Sequencer()
        _ = sequencer.take(item("1"), on: channel, now: start)
        _ = sequencer.take(item("3", after: "2"), on: channel, now: start)
        _ = sequencer.take(item("4", after: "3"), on: channel, now: start + .seconds(1))

        #expect(sequencer.expire(now: start + .milliseconds(4999)).isEmpty)
        let ready = sequencer.expire(now: start + .seconds(5)).map(\.1)
        #expect(ids(ready) == ["3", "4"])
        #expect(sequencer.lastID(of: channel) == "4")
        #expect(sequencer.expire(now: start + .seconds(9)).isEmpty)
    }

    @Test func `an id is delivered once in a minute`() {
        var sequencer = Sequencer()
        #expect(sequencer.take(item("1"), on: channel, now: start).count == 1)
        #expect(sequencer.take(item("1"), on: channel, now: start + .seconds(59)).isEmpty)
        let other = Hub.Channel(app: "Other", name: "a")
        #expect(sequencer.take(item("1"), on: other, now: start).count == 1)
        #expect(sequencer.take(item("1"), on: channel, now: start + .seconds(60)).count == 1)
        #expect(sequencer.take(item(nil), on: channel, now: start).count == 1)
        #expect(sequencer.take(item(nil), on: channel, now: start).count == 1)
    }

    @Test func `of very many ids the oldest are forgotten sooner`() {
        var sequencer = Sequencer()
        for number in 0...Sequencer.idsKept {
            _ = sequencer.take(item("\(number)"), on: channel, now: start)
        }
        let latest = item("\(Sequencer.idsKept)")
        #expect(sequencer.take(latest, on: channel, now: start).isEmpty)
        #expect(sequencer.take(item("0"), on: channel, now: start).count == 1)
    }

    @Test func `a hundred wait in a channel, and what waits for nobody does not`() {
        var sequencer = Sequencer()
        _ = sequencer.take(item("0"), on: channel, now: start)
        for number in 2...200 {
            _ = sequencer.take(item("\(number)", after: "\(number - 1)"), on: channel, now: start)
        }
        var unsequenced = item("x", after: "y")
        unsequenced.isSequenced = false
        #expect(ids(sequencer.take(unsequenced, on: channel, now: start)) == ["x"])
        #expect(sequencer.lastID(of: channel) == "0")

        let ready = sequencer.take(item("1", after: "0"), on: channel, now: start)
        #expect(ready.count == 101)
        #expect(ready.last?.id == "101")
        // Without an id nobody knows what was last.
        _ = sequencer.take(item(nil), on: channel, now: start)
        #expect(sequencer.lastID(of: channel) == nil)
        #expect(ids(sequencer.take(item("9", after: "8"), on: channel, now: start)).isEmpty)
    }

    @Test func `last ids are kept of many channels, but not of all`() {
        var sequencer = Sequencer()
        let count = 3 * Sequencer.channelsKept
        for number in 0..<count {
            let channel = Hub.Channel(app: "Probes", name: "\(number)")
            _ = sequencer.take(item("1"), on: channel, now: start)
        }
        func isKept(_ number: Int) -> Bool {
            sequencer.lastID(of: Hub.Channel(app: "Probes", name: "\(number)")) != nil
        }
        #expect(!isKept(0))
        #expect(isKept(count - 1))
        #expect(isKept(count - Sequencer.channelsKept))
    }
}

@Suite struct HubTests {
    private final class Listener: Subscriber {
        var heard: [String] = []
        var onItem: (Listener) -> Void = { _ in }

        func deliver(_ item: PublishedItem) {
            heard.append(item.id ?? "-")
            onItem(self)
        }
    }

    private let channel = Hub.Channel(app: "Probes", name: "a")

    @Test func `subscribers hear their channel, once, and until they unsubscribe`() {
        let hub = Hub()
        let listener = Listener()
        hub.subscribe(listener, to: channel)
        hub.subscribe(listener, to: channel)
        hub.publish(
            [PublishedItem(channel: "a", id: "1"), PublishedItem(channel: "b")], app: "Probes")
        hub.publish([PublishedItem(channel: "a", id: "2")], app: "Other")
        hub.unsubscribe(listener, from: channel)
        hub.unsubscribe(listener, from: channel)
        hub.publish([PublishedItem(channel: "a", id: "3")], app: "Probes")

        #expect(listener.heard == ["1"])
        #expect(hub.subscriberCount(of: channel) == 0)
    }

    @Test func `all may unsubscribe while they hear something`() {
        let hub = Hub()
        let listeners = (0..<10_000).map { _ in Listener() }
        for listener in listeners {
            listener.onItem = { hub.unsubscribe($0, from: Hub.Channel(app: "Probes", name: "a")) }
            hub.subscribe(listener, to: channel)
        }

        hub.publish([PublishedItem(channel: "a", id: "1")], app: "Probes")
        hub.publish([PublishedItem(channel: "a", id: "2")], app: "Probes")

        #expect(listeners.allSatisfy { $0.heard == ["1"] })
        #expect(hub.subscriberCount(of: channel) == 0)
    }

    @Test func `who waits is heard when the time has passed`() {
        let hub = Hub()
        let listener = Listener()
        hub.subscribe(listener, to: channel)
        let start = NIODeadline.now()
        hub.publish([PublishedItem(channel: "a", id: "1")], app: "Probes", now: start)
        hub.publish(
            [PublishedItem(channel: "a", id: "3", previousID: "2")], app: "Probes", now: start)
        #expect(listener.heard == ["1"])

        hub.sweep(now: start + .seconds(5))

        #expect(listener.heard == ["1", "3"])
        #expect(hub.lastID(of: channel) == "3")
    }
}

@Suite struct AlarmTests {
    private final class Sleeper: Held {
        func clientHasGone() {}
        func clientTakesMore() {}
        func end() {}
        func wake(now: NIODeadline) {}
    }

    @Test func `wakes nobody before the time, and everybody once`() {
        var alarms = Alarms()
        let start = NIODeadline.now()
        let (first, second, third) = (Sleeper(), Sleeper(), Sleeper())
        alarms.set(first, at: start + .seconds(9))
        alarms.set(first, at: start + .seconds(1))
        alarms.set(second, at: start + .seconds(2))
        alarms.set(third, at: start + .seconds(1))
        alarms.set(third, at: nil)

        #expect(alarms.due(now: start + .milliseconds(999)).isEmpty)
        #expect(alarms.due(now: start + .milliseconds(1200)).map { $0 === first } == [true])
        #expect(alarms.due(now: start + .seconds(20)).map { $0 === second } == [true])
        alarms.set(first, at: start)
        #expect(alarms.due(now: start + .milliseconds(20_200)).count == 1)
        #expect(alarms.due(now: start + .seconds(40)).isEmpty)
    }
}
