import FunctionRuntime
import Testing

@testable import LocalRunner
@testable import TestSupport

/// How what happens looks to those who watch.
@Suite struct LiveFormTests {
    @Test func `each kind has its form on streams and on sockets`() throws {
        let bench = try LiveBench("forms")
        try bench.execute(
            """
            SET app.time = '2026-11-21T09:00:00Z';
            UPDATE companies SET current_price = 121.5 WHERE ticker = 'ACME';
            INSERT INTO news (id, title, content, published_at) VALUES
                ('d0000000-0000-4000-8000-000000000009', 'Rain <b>&', 'Wet.', '2026-11-21T08:00:00Z');
            """)
        try bench.order(of: "trader")
        try bench.tick("RefreshLeaderboard")
        #expect(try bench.ring("end_day").status == 200)

        let items = try bench.published
        let time = #""timestamp":"2026-11-21T09:00:00.000Z""#
        #expect(
            items.map(\.channel) == [
                "price", "news", "trade", "leaderboard", "bell", "bell",
            ])
        let expected = [
            (
                "price", "price", "ACME rises to 121.50.",
                #"{"price":"121.50","ticker":"ACME","previous":"120.00"}"#
            ),
            (
                "news", "news", "Rain <b>&",
                #"{"id":"d0000000-0000-4000-8000-000000000009","type":"free","title":"Rain <b>&"}"#
            ),
            (
                "trade", "trade_notification", "Theo Trader bought 1 ACME at 121.50.",
                #"{"type":"buy","price":"121.50","ticker":"ACME","quantity":1,"displayName":"Theo Trader"}"#
            ),
        ]
        for (item, (name, socketName, message, data)) in zip(items, expected) {
            let (id, number) = (item.id ?? "", item.eventID ?? 0)
            let rest = #""message":"\#(message)",\#(time),"eventId":\#(number)"#
            #expect(
                item.stream
                    == "id: \(id)\nevent: \(name)\ndata: {\"type\":\"\(name)\",\(rest),\"data\":\(data)}\n\n"
            )
            let text = #"{"type":"\#(socketName)",\#(rest),"id":"\#(id)","data":\#(data)}"#
            #expect(item.message == (try JSON(parsing: text)))
        }
        #expect(items[3].message["type"] == "leaderboard_update")
        #expect(items[3].message["data"]?["places"]?.elements.count == 3)
        #expect(items[3].message["message"] == "Theo Trader leads with 1001650.00.")
        let bell = items[4]
        #expect(bell.message["type"] == "bell")
        #expect(bell.message["action"] == "end_day")
        #expect(bell.message["data"] == ["action": "end_day", "day": 2, "endsAt": .null])
        #expect(items[5].message["type"] == "day_ended")
        #expect(items[5].message["data"] == bell.message["data"])
        #expect(items[5].eventID == bell.eventID)
        #expect(items[5].stream.contains("event: day_ended\n"))
    }

    @Test func `whose password is set anew, and who is revoked, is cut off`() throws {
        let bench = try LiveBench("cut")
        try bench.execute(
            """
            INSERT INTO password_resets VALUES (
                encode(sha256('reset-token'), 'hex'), 'a0000000-0000-4000-8000-000000000002',
                '2026-11-21T10:00:00Z', '2026-11-21T08:30:00Z')
            """)
        let reset = try bench.call(
            "ResetPassword",
            LiveBench.post(
                "/api/auth/reset-password", as: "fresh",
                ["newPassword": "another-password", "token": "reset-token"]))
        #expect(reset.status == 200)
        let revoked = try bench.call(
            "RevokeOverlayTokens",
            [
                "method": "DELETE", "path": "/api/obs/token",
                "headers": ["cookie": .string(LiveBench.cookie("admin"))],
            ])
        #expect(revoked.status == 200)
        for change: JSON in [["active": false], ["displayName": "Olga"]] {
            let updated = try bench.call(
                "UpdateParticipant",
                [
                    "method": "PUT", "json": change,
                    "path": "/api/admin/participants/b0000000-0000-4000-8000-000000000003",
                    "headers": ["cookie": .string(LiveBench.cookie("admin"))],
                ])
            #expect(updated.status == 200)
        }
        let items = try bench.published
        #expect(
            items.map(\.channel) == [
                "user-a0000000-0000-4000-8000-000000000002", "overlays",
                "user-a0000000-0000-4000-8000-000000000003",
            ])
        #expect(items.map(\.closes) == [true, true, true])
    }
}
