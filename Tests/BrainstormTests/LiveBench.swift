import FunctionPostgres
import FunctionRuntime
import Testing

@testable import LocalRunner
@testable import TestSupport

/// Functions of Brainstorm on a copy of the world, each call a process of its own, and a proxy that
/// takes whatever is published and notes it.
final class LiveBench: Sendable {
    /// What was published on a channel.
    struct Item {
        var channel: String
        var id: String?
        var previousID: String?
        var stream: String
        var message: JSON
        var closes: Bool

        /// The number of the event in the outbox.
        var eventID: Int? { message["eventId"].flatMap { Int($0.words) } }
    }

    private let database: String
    private let world: World
    private let proxy: FaultServer

    init(_ name: String) throws {
        world = try World.of("Brainstorm")
        database = "\(world.name)_live_\(name)"
        proxy = try FaultServer(
            .answer("HTTP/1.1 200 OK\r\nContent-Length: 9\r\nConnection: close\r\n\r\nPublished"))
        try world.makeCopy(database)
    }

    static let noProxy = ["GRIP_URL": "http://127.0.0.1:9/"]
    static let noRedis = ["REDIS_URL": "redis://127.0.0.1:1/0"]

    /// Runs a function as a process of its own.
    @discardableResult
    func call(
        _ function: String, _ request: JSON, without missing: [String: String] = [:]
    ) throws -> FunctionAnswer {
        let built = try BuiltFunction.named(app: "Brainstorm", function: function)
        var environment = try built.environment(
            databaseURL: world.functionURL(in: database), scope: database)
        environment["GRIP_URL"] = proxy.url
        for (name, value) in missing where environment[name] != nil { environment[name] = value }
        let call = try FunctionCall(
            mount: "", executable: built.executable, environment: environment, request: request,
            host: "brainstorm.localhost")
        return try StandardInputHost(processes: try Children.processes.get()).answer(call)
    }

    /// Runs one that a schedule triggers.
    @discardableResult
    func tick(
        _ function: String = "RelayEvents", without missing: [String: String] = [:]
    ) throws -> FunctionAnswer {
        try call(function, ["schedule": "* * * * *"], without: missing)
    }

    /// Buys a share of ACME for a participant.
    @discardableResult
    func order(of name: String, without missing: [String: String] = [:]) throws -> FunctionAnswer {
        try call(
            "PlaceOrder",
            Self.post(
                "/api/transactions", as: name,
                [
                    "companyId": "c0000000-0000-4000-8000-000000000001", "type": "buy",
                    "quantity": 1,
                ]), without: missing)
    }

    func ring(_ action: String) throws -> FunctionAnswer {
        try call("RingBell", Self.post("/api/obs/bell", as: "admin", ["action": .string(action)]))
    }

    /// What a stream of the trader begins with.
    func stream(_ query: String, _ headers: [JSON.Member] = []) throws -> FunctionAnswer {
        let own: [JSON.Member] = [
            .init("cookie", .string(Self.cookie("trader"))), .init("grip-sig", "x"),
        ]
        return try call(
            "StreamEvents",
            [
                "method": "GET", "path": "/api/obs/events", "query": .string(query),
                "headers": .object(own + headers),
            ])
    }

    static func post(_ path: String, as name: String, _ json: JSON) -> JSON {
        [
            "method": "POST", "path": .string(path), "headers": ["cookie": .string(cookie(name))],
            "json": json,
        ]
    }

    static func cookie(_ name: String) -> String {
        let token = "fixture-\(name)-"
        return "better-auth.session_token=" + token
            + String(repeating: "x", count: 43 - token.utf8.count)
    }

    /// What was published, in order.
    var published: [Item] {
        get throws {
            try proxy.requests.flatMap { request in
                try JSON(parsing: request.body)["items"]?.elements ?? []
            }.map { item in
                let stream = item["formats"]?["http-stream"]
                let message = item["formats"]?["ws-message"]?["content"]?.text
                return Item(
                    channel: item["channel"]?.text ?? "", id: item["id"]?.text,
                    previousID: item["prev-id"]?.text, stream: stream?["content"]?.text ?? "",
                    message: try message.map { try JSON(parsing: $0) } ?? .null,
                    closes: stream?["action"] == "close")
            }
        }
    }

    /// The rows of a query, as arrays.
    func rows(_ sql: String) throws -> [[JSON]] {
        try world.owner(in: database).members(of: sql).map { $0.map(\.value) }
    }

    func execute(_ sql: String) throws {
        try world.owner(in: database).execute(sql)
    }
}
