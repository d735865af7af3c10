import Dispatch
import FunctionRuntime
import Synchronization
import Testing

@testable import LocalRunner
@testable import TestSupport

/// What happens reaches those who watch: all of it, in one order, whatever was away meanwhile.
@Suite struct LiveTests {
    private static let names = ["trader", "other", "fresh"]

    /// Calls as many at once, and gives the answers that there were.
    private static func atOnce(
        _ count: Int, _ work: @escaping @Sendable (Int) throws -> FunctionAnswer
    ) -> [FunctionAnswer] {
        let answers = Mutex<[FunctionAnswer]>([])
        DispatchQueue.concurrentPerform(iterations: count) { number in
            guard let answer = try? work(number) else { return }
            answers.withLock { $0.append(answer) }
        }
        return answers.withLock { $0 }
    }

    /// The ids of the events in a stream's body.
    private static func ids(in answer: FunctionAnswer) -> [String] {
        answer.text.split(separator: "\n").filter { $0.hasPrefix("id: ") }
            .map { String($0.dropFirst(4)) }
    }

    private static func expectChain(
        _ items: [LiveBench.Item], sourceLocation: SourceLocation = #_sourceLocation
    ) {
        for channel in Set(items.map(\.channel)) {
            let own = items.filter { $0.channel == channel }
            #expect(
                own.map(\.previousID) == ["0-0"] + own.dropLast().map(\.id), "\(channel)",
                sourceLocation: sourceLocation)
        }
    }

    @Test func `of 20 orders at once each is shown once, behind the one before it`() throws {
        let bench = try LiveBench("rush")
        let answers = Self.atOnce(20) { try bench.order(of: Self.names[$0 % 3]) }
        #expect(answers.map(\.status) == .init(repeating: 201, count: 20))

        let items = try bench.published
        #expect(items.count == 20)
        Self.expectChain(items)
        let outbox = try bench.rows(
            """
            SELECT id, payload ->> 'participantId' FROM outbox_events
            WHERE published_at IS NOT NULL AND type = 'order.filled' ORDER BY id
            """)
        let events = items.compactMap(\.eventID)
        #expect(events.sorted() == outbox.compactMap { Int($0[0].words) })
        // One who trades waits for his own order, so that his stand in the order of the outbox.
        for participant in Set(outbox.map { $0[1].words }) {
            let own = outbox.filter { $0[1].words == participant }.compactMap { Int($0[0].words) }
            #expect(events.filter(own.contains) == own)
        }
        let replayed = try bench.stream("types=trade", [.init("last-event-id", "0-0")])
        #expect(Self.ids(in: replayed) == items.compactMap(\.id))
        let channels = replayed.headers["grip-channel"] ?? ""
        #expect(channels.hasPrefix("trade; prev-id=\(items[19].id ?? ""), "))
    }

    @Test(arguments: [LiveBench.noProxy, LiveBench.noRedis])
    func `what could not be shown is shown later, once`(missing: [String: String]) throws {
        let bench = try LiveBench("away_\(missing.keys.joined().lowercased())")
        for name in Self.names {
            #expect(try bench.order(of: name, without: missing).status == 201)
        }
        #expect(try bench.published.isEmpty)
        #expect(try bench.tick(without: missing).status >= 500)

        #expect(try bench.tick().status == 204)
        #expect(try bench.tick().status == 204)
        let items = try bench.published
        #expect(items.count == 3)
        Self.expectChain(items)
        #expect(items.compactMap(\.eventID) == items.compactMap(\.eventID).sorted())
        let replayed = try bench.stream("types=trade", [.init("last-event-id", "0-0")])
        #expect(Self.ids(in: replayed) == items.compactMap(\.id))
    }

    @Test func `of eight bells at once one opens the day, and one closes it`() throws {
        let bench = try LiveBench("bells")
        for (action, open) in [("end_day", 0), ("start_day", 1), ("end_day", 0)] {
            let answers = Self.atOnce(8) { _ in try bench.ring(action) }
            #expect(answers.count { $0.status == 200 } == 1)
            #expect(answers.count { $0.status == 409 } == 7)
            let days = try bench.rows("SELECT day FROM market_days WHERE closed_at IS NULL")
            #expect(days.count == open)
        }
        let bells = try bench.published.filter { $0.channel == "bell" }
        #expect(
            bells.compactMap { $0.message["type"]?.text } == [
                "bell", "day_ended", "bell", "day_started", "bell", "day_ended",
            ])
        Self.expectChain(bells)
    }

    @Test func `no order is carried out behind the value that the bell has noted`() throws {
        let bench = try LiveBench("close")
        // By its fee each order lowers the value.
        try bench.execute("UPDATE market SET broker_fee_percent = 1")
        let answers = Self.atOnce(18) { number in
            number == 6 ? try bench.ring("end_day") : try bench.order(of: Self.names[number % 3])
        }
        let statuses = answers.map(\.status)
        #expect(statuses.count { $0 == 200 } == 1)
        #expect(statuses.count { $0 == 201 || $0 == 409 } == 17)
        let behind = try bench.rows(
            """
            SELECT p.id FROM participants p
            JOIN portfolios o ON o.participant_id = p.id
            JOIN portfolio_snapshots s ON s.participant_id = p.id AND s.day = '2026-11-21'
            WHERE s.value <> o.portfolio_value
            """)
        #expect(behind.isEmpty)
    }

    @Test func `who comes back is told what he has missed of each channel, and no more`() throws {
        let bench = try LiveBench("missed")
        try bench.order(of: "trader")
        try bench.execute("UPDATE companies SET current_price = 121 WHERE ticker = 'ACME'")
        try bench.tick()
        try bench.order(of: "other")
        try bench.execute("UPDATE companies SET current_price = 119 WHERE ticker = 'ACME'")
        try bench.tick()
        let ids = try bench.published.compactMap(\.id)
        try #require(ids.count == 4)

        func missed(_ query: String, _ headers: [JSON.Member]) throws -> [String] {
            Self.ids(in: try bench.stream(query, headers))
        }
        #expect(try missed("", [.init("last-event-id", .string(ids[0]))]) == Array(ids[1...]))
        #expect(try missed("lastEventId=\(ids[1])&types=trade", []) == [ids[2]])
        #expect(try missed("", [.init("last-event-id", .string(ids[3]))]) == [ids[3]])
        let last: JSON = [
            .string("trade; last-id=\(ids[0])"), .string("price; last-id=\(ids[3])"),
        ]
        #expect(try missed("types=trade,price", [.init("grip-last", last)]) == [ids[2]])
        let joined = JSON.string("trade; last-id=\(ids[2]), price; last-id=\(ids[1])")
        let resumed = try bench.stream("types=trade,price", [.init("grip-last", joined)])
        #expect(Self.ids(in: resumed) == [ids[3]])
        let channels = resumed.headers["grip-channel"] ?? ""
        #expect(channels.hasPrefix("trade; prev-id=\(ids[2]), price; prev-id=\(ids[3]), "))
        #expect(!resumed.text.contains("connected"))
    }
}
