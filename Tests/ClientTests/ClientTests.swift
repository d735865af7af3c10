import TestSupport
import Testing

/// The vendors' own SDKs and command lines, `Tests/Clients`, against a copy of the runner.
@Suite struct ClientTests {
    @Test(arguments: try ClientCase.all())
    func `gives others' clients what they expect`(of client: ClientCase) async throws {
        let outcome = try await ClientRun.shared.outcome(of: client)
        #expect(outcome.isPassed, "\(outcome.text)")
    }
}
