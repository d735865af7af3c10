import Foundation
import FunctionRuntime
import TestSupport

@testable import LocalRunner
@testable import TestSupport

/// One run of all the suites in Python, on a copy of the runner that is theirs alone.
///
/// They run one after the other, as some of them move the copy's clock. Each test in Swift waits for
/// its case; the run has a thread of its own, so it holds up no other test.
struct ClientRun: Sendable {
    struct Outcome: Sendable {
        var isPassed: Bool
        /// What pytest says of it where it has not passed.
        var text: String
    }

    static let shared = ClientRun()

    private let outcomes: Task<[String: Outcome], any Error>

    /// How long all of them together may take on a busy machine, in seconds.
    private static let patience: Int64 = 900

    private init() {
        outcomes = Task {
            try await withCheckedThrowingContinuation { continuation in
                Thread.detachNewThread {
                    continuation.resume(with: Result { try Self.run() })
                }
            }
        }
    }

    func outcome(of client: ClientCase) async throws -> Outcome {
        guard let outcome = try await outcomes.value[client.id] else {
            throw TestError("pytest did not come to \(client.id).")
        }
        return outcome
    }

    /// Of the app Probes: what holds connections, and what publishes to them.
    private static let functions = [
        "EchoMessages", "HoldStream", "HoldResponse", "ShowProxied", "Publish",
    ]

    private static func run() throws -> [String: Outcome] {
        let folder = try TemporaryFolder()
        try folder.writeApp(functions: functions)
        let copy = try RunnerCopy(in: folder, ["--quiet"])
        let file = folder.path + "/outcomes"
        let said = try Program.run(
            ClientCase.python,
            ClientCase.pytest + [
                "--tb", "short", "--outcomes", file, "--runner",
                RunnerCopy.program,
                "--apps", folder.path, "--basetemp", folder.path + "/files",
            ], environment: try environment(of: folder), patience: patience)
        let outcomes = try read(String(decoding: Repository.bytes(of: file), as: UTF8.self))
        guard !outcomes.isEmpty else {
            throw TestError(String(decoding: said.output + said.errors, as: UTF8.self))
        }
        withExtendedLifetime(copy) {}
        return outcomes
    }

    /// What `local-runner env` prints, and nothing of this machine's own settings.
    private static func environment(of folder: TemporaryFolder) throws -> [String: String] {
        let said = try RunnerCopy.run(["env", "--json"], in: folder)
        guard said.status == 0, case .object(let members) = try JSON(parsing: said.output) else {
            throw TestError(String(decoding: said.errors, as: UTF8.self))
        }
        return Dictionary(members.map { ($0.name, $0.value.text ?? "") }) { $1 }.merging([
            "PATH": "/usr/bin:/bin", "HOME": folder.path, "LANG": "C.UTF-8",
        ]) { $1 }
    }

    /// A case has a line for each of its phases that failed, and one if it came to run.
    private static func read(_ lines: String) throws -> [String: Outcome] {
        var outcomes: [String: Outcome] = [:]
        for line in lines.split(separator: "\n") {
            let json = try JSON(parsing: String(line))
            guard let id = json["id"]?.text, let outcome = json["outcome"]?.text else { continue }
            let text = json["text"]?.text ?? ""
            let known = outcomes[id]
            outcomes[id] = Outcome(
                isPassed: outcome == "passed" && known?.isPassed != false,
                text: [known?.text ?? "", text].joined(separator: "\n"))
        }
        return outcomes
    }
}
