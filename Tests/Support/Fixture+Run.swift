import Testing

@testable public import LocalRunner

extension FixtureFile: CustomTestStringConvertible {
    /// Every file there is, in order.
    public static let all = all(in: Repository.fixtures)

    public var testDescription: String { description }

    /// Sends it through several hosts, and records every difference from what is expected and
    /// between them.
    public func replay(through hosts: [ReplayHost] = ReplayHost.allCases) throws {
        let sandbox = try Children.sandbox.get()
        try record(
            Replay(sandbox: sandbox, hosts: hosts.map { $0.make(under: sandbox.processes) })
                .run(self))
    }

    /// Sends it through one host, such as a web server.
    public func replay(through host: some FunctionHost) throws {
        try record(Replay(sandbox: Children.sandbox.get(), hosts: [host]).run(self))
    }

    private func record(_ result: Replay.Result) throws {
        for text in ReplayReport.texts(of: result) { Issue.record(Comment(rawValue: text)) }
    }
}
