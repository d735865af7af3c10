import FunctionPostgres

@testable import FunctionRuntime

/// One fixture about to be run through one host, with the database that it needs.
///
/// A fixture that neither changes nor checks rows is first tried in the copy of the world that is
/// read-only and there already. If its function does want to write, the answer is not the expected
/// one; then, and for all others, it gets a copy of its own.
public struct Stage: Sendable {
    private let file: FixtureFile
    private let fixture: Fixture
    /// Of the host, so that no two use one database.
    private let key: String
    private let function: BuiltFunction

    public init(_ file: FixtureFile, _ fixture: Fixture, hostKey key: String) throws {
        self.file = file
        self.fixture = fixture
        self.key = key
        function = try BuiltFunction.named(app: file.app, function: file.function)
    }

    /// Every call that it may make, for a host that must know them before.
    public func calls() throws -> [Call] {
        guard function.hasDatabase else { return [try call(in: nil)] }
        let world = try World.of(file.app)
        return [try call(in: world.shared), try call(in: ownCopy(of: world))]
    }

    /// Runs it, and compares the answer and the rows with what is expected.
    func play(on host: some FunctionHost) throws -> (answer: Answer, differences: [Difference]) {
        guard function.hasDatabase else { return try compare(host.answer(call(in: nil))) }
        let world = try World.of(file.app)
        if mayShare {
            let outcome = try compare(host.answer(call(in: world.shared)))
            if outcome.differences.isEmpty { return outcome }
        }
        let copy = ownCopy(of: world)
        return try world.withCopy(named: copy) {
            if !fixture.given.isEmpty { try prepare(world, copy) }
            var outcome = try compare(host.answer(call(in: copy)))
            if !fixture.after.isEmpty { outcome.differences += try checkRows(world, copy) }
            return outcome
        }
    }

    private var mayShare: Bool {
        guard fixture.given.isEmpty, fixture.after.isEmpty else { return false }
        let method = fixture.request["method"]?.text ?? ""
        return ["GET", "HEAD"].contains(method) || (400..<500).contains(fixture.response.status)
    }

    private func ownCopy(of world: World) -> String {
        "\(world.name)_\(key)_\(file.number)"
    }

    private func call(in database: String?) throws -> Call {
        var environment = try function.environment(
            databaseURL: try database.map { try World.of(file.app).functionURL(in: $0) },
            cachePrefix: "\(key)-\(file.number)-\(database ?? ""):")
        for (name, value) in fixture.environment { environment[name] = value }
        return try Call(
            mount: "\(file.number)-\(database ?? "")", executable: function.executable,
            environment: environment,
            request: fixture.request, host: "\(file.app.lowercased()).localhost")
    }

    private func compare(_ answer: Answer) -> (answer: Answer, differences: [Difference]) {
        (answer, fixture.response.differences(from: answer))
    }

    /// Runs what is given, at the time of the request.
    private func prepare(_ world: World, _ copy: String) throws {
        let time = try call(in: copy).request.time
        let script = ["SET app.time = '\(time)'"] + fixture.given
        try world.owner(in: copy).execute(script.joined(separator: ";\n"))
    }

    private func checkRows(_ world: World, _ copy: String) throws -> [Difference] {
        let connection = try world.owner(in: copy)
        var comparison = Comparison()
        for (index, check) in fixture.after.enumerated() {
            let rows = try connection.members(of: check.sql).map { members -> JSON in
                check.namesColumns ? .object(members) : .array(members.map(\.value))
            }
            comparison.compare(check.rows, .array(rows), at: "after[\(index)].rows")
        }
        return comparison.differences
    }
}
