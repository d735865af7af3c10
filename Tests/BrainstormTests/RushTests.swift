import Foundation
import FunctionPostgres
import FunctionRuntime
import TestSupport
import Testing

@testable import LocalRunner

/// Orders that come all at once spend no money twice.
@Suite struct RushTests {
    private static let acme = "c0000000-0000-4000-8000-000000000001"
    private static let fresh = "b0000000-0000-4000-8000-000000000004"

    /// A share of ACME costs 120; the participant has 7200, money for 60.
    @Test func `of 100 buys at once with money for 60, exactly 60 succeed`() throws {
        let world = try World.of("Brainstorm")
        let database = world.name + "_rush"
        try world.makeCopy(database)
        let owner = try world.owner(in: database)
        try owner.run("UPDATE participants SET cash_balance = 7200 WHERE id = \(Self.fresh)::uuid")
        let app = try RunningApp("Brainstorm", database: database)
        var visitor = Visitor(to: app)
        try visitor.signIn("fresh@example.com", "trader123")

        let order: JSON = ["companyId": .string(Self.acme), "type": "buy", "quantity": 1]
        let exchanges = try (0..<100).map { _ in
            try app.begin("POST", "/api/transactions", json: order, headers: visitor.headers)
        }
        let statuses = try exchanges.map { try $0.answer().status }

        #expect(statuses.count { $0 == 201 } == 60)
        #expect(statuses.count { $0 == 402 } == 40)
        let rows = try owner.members(
            of: """
                SELECT p.cash_balance = 0 AS spent_all, h.quantity AS held, h.avg_cost = 120 AS at_cost,
                    (SELECT count(*) FROM transactions t WHERE t.participant_id = p.id) AS trades,
                    (SELECT sum(t.total) FROM transactions t WHERE t.participant_id = p.id) = 7200
                        AS adds_up,
                    (SELECT count(*) FROM outbox_events WHERE type = 'order.filled') AS events
                FROM participants p JOIN holdings h ON h.participant_id = p.id
                WHERE p.id = '\(Self.fresh)'
                """)
        let expected: JSON = [
            "spent_all": true, "held": 60, "at_cost": true, "trades": 60, "adds_up": true,
            "events": 60,
        ]
        #expect(rows.map(JSON.object) == [expected])
        #expect(Self.processes(of: "BrainstormPlaceOrder") >= 2, "One worker did it all.")
    }

    /// Each order comes before the reset, which takes it back, or after it, when the market is closed.
    @Test func `a game that is reset in the middle of orders adds up`() throws {
        let world = try World.of("Brainstorm")
        let database = world.name + "_reset"
        try world.makeCopy(database)
        let app = try RunningApp("Brainstorm", database: database)
        var (visitor, admin) = (Visitor(to: app), Visitor(to: app))
        try visitor.signIn("fresh@example.com", "trader123")
        try admin.signIn("admin@example.com", "admin123")

        let order: JSON = ["companyId": .string(Self.acme), "type": "buy", "quantity": 1]
        func orders() throws -> [HTTPClient.Exchange] {
            try (0..<20).map { _ in
                try app.begin("POST", "/api/transactions", json: order, headers: visitor.headers)
            }
        }
        let before = try orders()
        let reset = try app.begin(
            "POST", "/api/admin/game/reset", json: ["confirm": "RESET"], headers: admin.headers)
        let statuses = try (before + orders()).map { try $0.answer().status }

        #expect(statuses.allSatisfy { [201, 409].contains($0) }, "\(statuses)")
        #expect(try reset.answer().status == 200)
        let rows = try world.owner(in: database).members(
            of: """
                SELECT bool_and(p.cash_balance = p.starting_balance) AS all_cash,
                    (SELECT count(*) FROM transactions) AS trades,
                    (SELECT count(*) FROM holdings WHERE quantity > 0) AS holdings,
                    (SELECT count(*) FROM audit_log) AS entries
                FROM participants p
                """)
        let expected: JSON = ["all_cash": true, "trades": 0, "holdings": 0, "entries": 1]
        #expect(rows.map(JSON.object) == [expected])
    }

    /// The number of processes that run a function of this build.
    private static func processes(of name: String) -> Int {
        let executable = URL(filePath: "\(Repository.build)/\(name)").resolvingSymlinksInPath().path
        return Repository.names(in: "/proc").count { process in
            let link = "/proc/\(process)/exe"
            return (try? FileManager.default.destinationOfSymbolicLink(atPath: link)) == executable
        }
    }
}
