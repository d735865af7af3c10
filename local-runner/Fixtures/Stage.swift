import FunctionPostgres
import FunctionRuntime

/// One fixture about to be run through one host, with the database that it needs.
///
/// A fixture that neither changes nor checks rows is first tried in the copy of the world that is
/// read-only and there already. If its function does want to write, the answer is not the expected
/// one; then, and for all others, it gets a copy of its own.
struct Stage: Sendable {
    private let file: FixtureFile
    private let fixture: Fixture
    /// Of the host, so that no two use one database.
    private let key: String
    private let sandbox: Sandbox
    private let function: BuiltFunction

    init(
        _ file: FixtureFile, _ fixture: Fixture, hostKey key: String, in sandbox: Sandbox
    ) throws {
        self.file = file
        self.fixture = fixture
        self.key = key
        self.sandbox = sandbox
        function = try sandbox.function(file.app, file.function)
    }

    /// Every call that it may make, for a host that must know them before.
    func calls() throws -> [FunctionCall] {
        guard function.hasDatabase else { return [try call(in: nil)] }
        let world = try sandbox.world(of: file.app)
        return [try call(in: world.shared), try call(in: ownCopy(of: world))]
    }

    /// Runs it, and compares the answer, and what is there afterwards, with what is expected.
    func play(on host: some FunctionHost) throws -> (
        answer: FunctionAnswer, differences: [Difference]
    ) {
        guard function.hasDatabase else { return try run(on: host, in: nil) }
        let world = try sandbox.world(of: file.app)
        if mayShare {
            let outcome = try run(on: host, in: world.shared)
            if outcome.differences.isEmpty { return outcome }
        }
        let copy = ownCopy(of: world)
        return try world.withCopy(named: copy) {
            if !fixture.given.isEmpty { try prepare(world, copy) }
            return try run(on: host, in: copy)
        }
    }

    private func run(
        on host: some FunctionHost, in database: String?
    ) throws -> (answer: FunctionAnswer, differences: [Difference]) {
        var answer = try host.answer(call(in: database))
        if !function.isAtRoute { answer.takeFailures() }
        let differences = fixture.response.differences(from: answer)
        return (answer, differences + (try check(database)))
    }

    private var mayShare: Bool {
        guard fixture.given.isEmpty, fixture.after.isEmpty else { return false }
        let method = fixture.request["method"]?.text ?? ""
        return ["GET", "HEAD"].contains(method) || (400..<500).contains(fixture.response.status)
    }

    private func ownCopy(of world: World) -> String {
        "\(world.name)_\(key)_\(file.number)"
    }

    private func call(in database: String?) throws -> FunctionCall {
        var environment = try function.environment(
            databaseURL: try database.map { try sandbox.world(of: file.app).functionURL(in: $0) },
            scope: scope(in: database))
        for (name, value) in fixture.environment { environment[name] = value }
        return try FunctionCall(
            mount: "\(file.number)-\(database ?? "")", executable: function.executable,
            environment: environment,
            request: fixture.request, host: "\(file.app.lowercased()).localhost")
    }

    /// Unlike that of every other call.
    private func scope(in database: String?) -> String {
        "\(key)-\(file.number)-\(database ?? "none")"
    }

    /// Runs what is given, at the time of the request.
    private func prepare(_ world: World, _ copy: String) throws {
        let time = try call(in: copy).request.time
        let script = ["SET app.time = '\(time)'"] + fixture.given
        try world.owner(in: copy).execute(script.joined(separator: ";\n"))
    }

    private func check(_ database: String?) throws -> [Difference] {
        var comparison = Comparison()
        for (index, check) in fixture.after.enumerated() {
            try check.compare(
                in: scope(in: database), of: sandbox, query: { try rows(of: $0, in: database) },
                at: "after[\(index)]", &comparison)
        }
        return comparison.differences
    }

    private func rows(of sql: String, in database: String?) throws -> [[JSON.Member]] {
        guard let database else {
            throw RunnerError("The function has no database, so no rows can be checked.")
        }
        return try sandbox.world(of: file.app).owner(in: database).members(of: sql)
    }
}
