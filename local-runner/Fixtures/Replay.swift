import FunctionRuntime

/// Replays fixtures through several hosts, and says what differs.
struct Replay: Sendable {
    /// What came of a fixture through one host.
    struct Outcome: Sendable {
        var host: String
        /// Nil where there was none to compare.
        var answer: FunctionAnswer?
        var differences: [Difference] = []
        /// Why there was no answer to compare.
        var problem: String?
        /// Whether the host can carry the request; it was not sent otherwise.
        var isCarried = true

        var isAsRecorded: Bool { differences.isEmpty && problem == nil }
    }

    /// Where two hosts answer differently though the fixture has no placeholder that allows it.
    struct Disagreement: Sendable {
        /// Names of hosts: whose answer is taken as what is expected, and whose as what was found.
        var one: String
        var other: String
        var differences: [Difference]
    }

    /// What came of a fixture.
    struct Result: Sendable {
        var file: FixtureFile
        /// In the order of the hosts.
        var outcomes: [Outcome]
        var disagreements: [Disagreement]

        var isAsRecorded: Bool {
            outcomes.allSatisfy(\.isAsRecorded) && disagreements.isEmpty
        }
    }

    let sandbox: Sandbox
    let hosts: [any FunctionHost]

    /// Runs a fixture through each host.
    func run(_ file: FixtureFile) -> Result {
        let fixture: Fixture
        do {
            fixture = try file.read()
        } catch {
            let outcomes = hosts.map { Outcome(host: $0.key, problem: "\(error)") }
            return Result(file: file, outcomes: outcomes, disagreements: [])
        }
        let outcomes = hosts.map { outcome(of: file, fixture, on: $0) }
        return Result(
            file: file, outcomes: outcomes, disagreements: disagreements(outcomes, fixture))
    }

    private func outcome(
        of file: FixtureFile, _ fixture: Fixture, on host: any FunctionHost
    ) -> Outcome {
        guard host.carries(fixture) else { return Outcome(host: host.key, isCarried: false) }
        do {
            let stage = try Stage(file, fixture, hostKey: host.key, in: sandbox)
            let (answer, differences) = try stage.play(on: host)
            return Outcome(host: host.key, answer: answer, differences: differences)
        } catch {
            return Outcome(host: host.key, problem: "\(error)")
        }
    }

    /// Compares the answers that are as recorded, each with the first of them.
    private func disagreements(_ outcomes: [Outcome], _ fixture: Fixture) -> [Disagreement] {
        let answers = zip(hosts, outcomes).compactMap { host, outcome in
            outcome.isAsRecorded ? outcome.answer.map { (host: host, answer: $0) } : nil
        }
        guard let first = answers.first else { return [] }
        return answers.dropFirst().compactMap { other in
            let differences = fixture.response.disagreements(
                first.answer, other.answer)
            guard !differences.isEmpty else { return nil }
            return Disagreement(
                one: first.host.key, other: other.host.key, differences: differences)
        }
    }
}
