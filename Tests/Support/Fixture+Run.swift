import Testing

@testable import FunctionRuntime

extension Fixture {
    /// Sends it through one host, and records every difference from what is expected.
    ///
    /// - Parameters:
    ///   - file: where it came from, which says whose function it calls.
    ///   - host: what runs the function.
    /// - Returns: the answer; nil where it was not as expected.
    /// - Throws: ``TestError`` where there was no answer to compare.
    public func answer(_ file: FixtureFile, on host: some FunctionHost) throws -> Answer? {
        let stage = try Stage(file, self, hostKey: host.key)
        let (answer, differences) = try stage.play(on: host)
        guard differences.isEmpty else {
            record(differences, "Through \(host.name) it is not as recorded", answer)
            return nil
        }
        return answer
    }

    /// Records what two hosts answer differently though no placeholder allows it.
    public func expectAgreement(
        of one: (host: String, answer: Answer), and other: (host: String, answer: Answer)
    ) {
        let differences = response.disagreements(one.answer, other.answer)
        guard !differences.isEmpty else { return }
        record(
            differences,
            "\(one.host) (expected) and \(other.host) (found) differ where the fixture has no"
                + " placeholder", other.answer)
    }

    private func record(_ differences: [Difference], _ title: String, _ answer: Answer) {
        var lines = [title + ":"] + differences.map { "    \($0)" }
        lines.append("    The answer was \(answer.status) \(JSON.string(answer.text).words)")
        if !answer.log.isEmpty { lines.append("    The function logged \(answer.log)") }
        Issue.record(Comment(rawValue: lines.joined(separator: "\n")))
    }
}
