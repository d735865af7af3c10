import FunctionPostgres
import FunctionRuntime
import TestSupport
import Testing

@testable import LocalRunner

/// What Brainstorm keeps in Redis: limits, and answers about sessions.
@Suite struct CacheUseTests {
    private static func start(_ name: String) throws -> (app: RunningApp, database: String) {
        let world = try World.of("Brainstorm")
        let database = "\(world.name)_\(name)"
        try world.makeSeeded(database)
        return (try RunningApp("Brainstorm", database: database), database)
    }

    @Test func `of a flood of sign-ins the limit comes through, counted over all workers`() throws {
        let app = try Self.start("flood").app
        let exchanges = try (0..<40).map { number in
            try app.begin(
                "POST", "/api/auth/signin",
                json: ["email": .string("nobody-\(number)@demo.com"), "password": "wrong-password"])
        }
        let answers = try exchanges.map { try $0.answer() }
        let refused = answers.filter { $0.status == 429 }
        // A machine that is slow over hashing lets the window slide meanwhile.
        #expect(answers.count { $0.status == 401 } == 40 - refused.count)
        #expect(refused.count <= 10)
        for answer in refused {
            let seconds = answer.headers["retry-after"].flatMap { Int($0) }
            #expect(seconds.map { (1...10).contains($0) } == true)
            #expect(answer.text == #"{"error":"Too many requests. Please try again later."}"#)
        }
    }

    @Test func `a kept session ends everywhere with whatever ends it`() throws {
        let (app, database) = try Self.start("kept")
        var (admin, trader, twin) = (Visitor(to: app), Visitor(to: app), Visitor(to: app))
        try admin.signIn("admin@demo.com", "admin123")
        try trader.signIn("trader@demo.com", "trader123")
        try twin.signIn("trader@demo.com", "trader123")
        func session(_ visitor: Visitor) throws -> JSON {
            try visitor.send("GET", "/api/auth/get-session")
        }
        // The first sets the mark, the second keeps the answer, the third finds it.
        let seen = try session(trader)
        #expect(seen["user"]?["email"] == "trader@demo.com")
        for _ in 0..<3 { #expect(try session(trader) == seen) }
        for _ in 0..<2 { #expect(try session(twin)["user"] == seen["user"]) }

        // What is kept is really what is answered: the database is not asked.
        let owner = try World.of("Brainstorm").owner(in: database)
        try owner.execute("UPDATE users SET name = 'Changed' WHERE email = 'trader@demo.com'")
        #expect(try session(trader) == seen)

        try twin.send("POST", "/api/auth/signout")
        #expect(try session(twin) == .null)
        #expect(try session(trader)["user"]?["name"] == "Changed")
        #expect(try session(trader)["user"]?["name"] == "Changed")

        let people = try admin.send("GET", "/api/admin/participants?q=trader")["data"]?.elements
        let id = try #require(people?.first { $0["email"] == "trader@demo.com" }?["id"]?.text)
        try admin.send("PUT", "/api/admin/participants/\(id)", json: ["displayName": "Named"])
        #expect(try session(trader)["user"]?["name"] == "Named")
        try admin.send("PUT", "/api/admin/participants/\(id)", json: ["active": false])
        #expect(try session(trader) == .null)
        #expect(try session(admin)["user"]?["role"] == "admin")
    }

    @Test func `a kept session ends with what its user or an admin does to the account`() throws {
        let (app, _) = try Self.start("accounts")
        var (admin, trader, twin) = (Visitor(to: app), Visitor(to: app), Visitor(to: app))
        try admin.signIn("admin@demo.com", "admin123")
        try trader.signIn("trader@demo.com", "trader123")
        try twin.signIn("trader@demo.com", "trader123")
        func name(_ visitor: Visitor) throws -> JSON? {
            var user: JSON?
            for _ in 0..<3 { user = try visitor.send("GET", "/api/auth/get-session")["user"] }
            return user?["name"]
        }
        #expect(try (name(trader), name(twin)) == ("Demo Trader", "Demo Trader"))

        try trader.send("POST", "/api/user/update-profile", json: ["displayName": "Named"])
        #expect(try (name(trader), name(twin)) == ("Named", "Named"))

        let change: JSON = ["currentPassword": "trader123", "newPassword": "another-password"]
        try trader.send("POST", "/api/user/change-password", json: change)
        #expect(try (name(trader), name(twin)) == ("Named", nil))

        let people = try admin.send("GET", "/api/admin/participants?q=Named")["data"]?.elements
        let id = try #require(people?.first?["id"]?.text)
        let path = "/api/admin/participants/\(id)"
        let made = try admin.send("POST", path + "/reset-password")["password"]?.text
        #expect(try name(trader) == nil)
        let password = try #require(made)
        #expect(password.wholeMatch(of: /[0-9a-hjkmnp-tv-z]{4}(-[0-9a-hjkmnp-tv-z]{4}){3}/) != nil)
        try trader.signIn("trader@demo.com", password)
        #expect(try name(trader) == "Named")

        try admin.send("POST", path + "/deactivate")
        #expect(try name(trader) == nil)
        try trader.send("GET", "/api/portfolio", expecting: 401)
        #expect(try name(admin) == "Demo Admin")
    }

    @Test func `a participant who is deleted has no session any more`() throws {
        let app = try Self.start("deleted").app
        var admin = Visitor(to: app)
        try admin.signIn("admin@demo.com", "admin123")
        let made = try admin.send(
            "POST", "/api/admin/participants",
            json: ["username": "shortlived", "password": "shortlived1", "displayName": "Short"],
            expecting: 201)
        var visitor = Visitor(to: app)
        try visitor.signIn("shortlived@brainstorm.local", "shortlived1")
        for _ in 0..<3 { try visitor.send("GET", "/api/auth/get-session") }
        let id = try #require(made["id"]?.text)
        try admin.send("DELETE", "/api/admin/participants/\(id)")
        #expect(try visitor.send("GET", "/api/auth/get-session") == .null)
    }
}
