import FunctionRuntime
import TestSupport
import Testing

@testable import LocalRunner

/// What users do, from the first click to the last, in the world that the seed makes.
@Suite struct JourneyTests {
    private static func start(_ name: String) throws -> RunningApp {
        let world = try World.of("Brainstorm")
        let database = "\(world.name)_\(name)"
        try world.makeSeeded(database)
        return try RunningApp("Brainstorm", database: database)
    }

    @Test func `a trader signs in, looks around, buys, sells and signs out`() throws {
        var trader = Visitor(to: try Self.start("trader"))
        try trader.send("GET", "/api/portfolio", expecting: 401)
        try trader.signIn("trader@demo.com", "trader123")
        #expect(try trader.send("GET", "/api/auth/get-session")["user"]?["role"] == "participant")

        let companies = try trader.send("GET", "/api/companies").elements
        #expect(companies.count == 10)
        let company = try #require(companies.first { $0["currentPrice"]?.text != nil })
        let id = try #require(company["id"]?.text)
        let price = try #require(company["currentPrice"]?.text.flatMap(Money.init))
        #expect(try !trader.send("GET", "/api/companies/\(id)/prices").elements.isEmpty)
        #expect(try trader.send("GET", "/api/market")["status"] == "open")

        let before = try Self.cash(of: trader)
        let order: JSON = ["companyId": .string(id), "type": "buy", "quantity": 3]
        let bought = try trader.send("POST", "/api/transactions", json: order, expecting: 201)
        #expect(bought["transaction"]?["price"] == company["currentPrice"])
        let after = try Self.cash(of: trader)
        #expect(before.units - after.units >= price.units * 3)
        let holdings = try trader.send("GET", "/api/portfolio")["holdings"]?.elements ?? []
        #expect(holdings.contains { $0["companyId"]?.text == id })

        let sale: JSON = ["companyId": .string(id), "type": "sell", "quantity": 3]
        try trader.send("POST", "/api/transactions", json: sale, expecting: 201)
        let history = try trader.send("GET", "/api/transactions")["data"]?.elements ?? []
        #expect(history.prefix(2).map { $0["type"]?.text } == ["sell", "buy"])
        try trader.send("GET", "/api/admin/news", expecting: 403)

        try trader.send("POST", "/api/auth/signout")
        try trader.send("GET", "/api/portfolio", expecting: 401)
    }

    @Test func `an admin lists a company, moves its price, and takes it away`() throws {
        let app = try Self.start("admin")
        var (admin, trader) = (Visitor(to: app), Visitor(to: app))
        try admin.signIn("admin@demo.com", "admin123")
        try trader.signIn("trader@demo.com", "trader123")

        let company: JSON = ["name": "Nimbus Air", "ticker": "NIMB", "currentPrice": "80.00"]
        let created = try admin.send("POST", "/api/admin/companies", json: company, expecting: 201)
        let id = try #require(created["id"]?.text)
        try admin.send("POST", "/api/admin/companies", json: company, expecting: 409)
        let path = "/api/admin/companies/\(id)"
        let updated = try admin.send("PUT", path, json: ["currentPrice": "90.00"])
        #expect(updated["previousPrice"] == "80.00")
        let seen = try trader.send("GET", "/api/companies/\(id)")
        #expect(seen["currentPrice"] == "90.00")
        #expect(try trader.send("GET", "/api/companies/\(id)/prices").elements.count == 2)

        try trader.send("DELETE", path, expecting: 403)
        try admin.send("DELETE", path)
        try admin.send("GET", path, expecting: 404)
        try trader.send("GET", "/api/companies/\(id)", expecting: 404)
    }

    @Test func `an admin publishes news, which traders read until it is withdrawn`() throws {
        let app = try Self.start("news")
        var (admin, trader) = (Visitor(to: app), Visitor(to: app))
        try admin.signIn("admin@demo.com", "admin123")
        try trader.signIn("trader@demo.com", "trader123")

        let news: JSON = ["title": "Storm ahead", "content": "Take an umbrella."]
        let created = try admin.send("POST", "/api/admin/news", json: news, expecting: 201)
        let id = try #require(created["id"]?.text)
        #expect(try trader.send("GET", "/api/news/\(id)")["content"] == "Take an umbrella.")
        try admin.send("PUT", "/api/admin/news/\(id)", json: ["title": "Storm passed"])
        let list = try trader.send("GET", "/api/news?limit=100")["data"]?.elements ?? []
        #expect(list.contains { $0["title"] == "Storm passed" })
        try admin.send("DELETE", "/api/admin/news/\(id)")
        try trader.send("GET", "/api/news/\(id)", expecting: 404)
    }

    @Test func `a client of Better Auth signs up, comes back and is the same everywhere`() throws {
        let app = try Self.start("better_auth")
        let (email, password): (JSON, JSON) = ("nina@example.com", "correct horse")
        let signedUp = try app.send(
            "POST", "/api/auth/sign-up/email",
            json: ["name": "Nina New", "email": email, "password": password])
        #expect(signedUp.status == 200)
        let cookie = try #require(signedUp.headers["set-cookie"]?.split(separator: ";").first)
        let first = try JSON(parsing: signedUp.body)
        #expect(String(cookie).hasSuffix("=\(first["token"]?.text ?? "none")"))
        let headers: Headers = ["cookie": String(cookie)]
        func session() throws -> JSON {
            try JSON(parsing: app.send("GET", "/api/auth/get-session", headers: headers).body)
        }
        #expect(try session()["user"] == first["user"])
        #expect(try app.send("GET", "/api/portfolio", headers: headers).status == 200)
        #expect(try app.send("POST", "/api/auth/sign-out", headers: headers).status == 200)
        #expect(try session() == .null)

        let signedIn = try app.send(
            "POST", "/api/auth/sign-in/email", json: ["email": email, "password": password])
        let second = try JSON(parsing: signedIn.body)
        #expect(second["user"] == first["user"])
        #expect(second["token"] != first["token"])
        var visitor = Visitor(to: app)
        try visitor.signIn("nina@example.com", "correct horse")
    }

    @Test func `an admin stops trading, looks back, and begins the game anew`() throws {
        let app = try Self.start("operations")
        var (admin, trader) = (Visitor(to: app), Visitor(to: app))
        try admin.signIn("admin@demo.com", "admin123")
        try trader.signIn("trader@demo.com", "trader123")
        let id = try #require(trader.send("GET", "/api/companies").elements.first?["id"])
        let order: JSON = ["companyId": id, "type": "buy", "quantity": 1]
        try trader.send("POST", "/api/transactions", json: order, expecting: 201)

        let market = "/api/admin/market"
        let stopped = try admin.send("PUT", market, json: ["tradingEnabled": false])
        #expect(try admin.send("GET", market)["status"] == "closed")
        #expect(stopped["tradingEnabled"] == false)
        try trader.send("POST", "/api/transactions", json: order, expecting: 409)
        try admin.send("PUT", market, json: ["tradingEnabled": true, "brokerFeePercent": 1])
        try trader.send("POST", "/api/transactions", json: order, expecting: 201)

        let reset: JSON = ["confirm": "RESET"]
        let counts = try admin.send("POST", "/api/admin/game/reset", json: reset)
        #expect(counts["participants"] == 13)
        try trader.send("POST", "/api/transactions", json: order, expecting: 409)
        #expect(try trader.send("GET", "/api/portfolio")["cash"] == "1000000.00")
        let places = try admin.send("GET", "/api/admin/leaderboard").elements
        #expect(places.count == 13)
        #expect(places.allSatisfy { $0["rank"] == 1 })

        // All entries once, through pages of one, newest first.
        let entries = try admin.send("GET", "/api/admin/audit?limit=100")["data"]?.elements ?? []
        #expect(entries.first?["action"] == "reset")
        var (found, cursor): ([JSON], String?) = ([], "")
        while let next = cursor {
            let page = try admin.send("GET", "/api/admin/audit?limit=1&cursor=\(next)")
            found += page["data"]?.elements ?? []
            cursor = page["nextCursor"]?.text
        }
        #expect(found == entries)

        let metrics = try app.send("GET", "/api/metrics", headers: admin.headers)
        #expect(metrics.text.contains("\nbrainstorm_orders{type=\"buy\"} 0\n"))
        #expect(metrics.text.contains("\nbrainstorm_market_open 0\n"))
    }

    @Test func `an admin adds a participant, who signs in by name and trades`() throws {
        let app = try Self.start("participants")
        var (admin, rookie) = (Visitor(to: app), Visitor(to: app))
        try admin.signIn("admin@demo.com", "admin123")
        let participant: JSON = [
            "displayName": "Rita Rookie", "username": "rita", "password": "rookie-12345",
        ]
        let created = try admin.send(
            "POST", "/api/admin/participants", json: participant, expecting: 201)
        let id = try #require(created["id"]?.text)

        try rookie.signIn("rita@brainstorm.local", "rookie-12345")
        let companies = try rookie.send("GET", "/api/companies").elements
        let company = try #require(companies.first { $0["currentPrice"]?.text != nil }?["id"])
        let order: JSON = ["companyId": company, "type": "buy", "quantity": 1]
        try rookie.send("POST", "/api/transactions", json: order, expecting: 201)
        let trades = try admin.send("GET", "/api/admin/transactions?participantId=\(id)")
        #expect(trades["data"]?.elements.count == 1)
        try admin.send("DELETE", "/api/admin/participants/\(id)", expecting: 409)
    }

    private static func cash(of visitor: Visitor) throws -> Money {
        try #require(try visitor.send("GET", "/api/portfolio")["cash"]?.text.flatMap(Money.init))
    }
}
