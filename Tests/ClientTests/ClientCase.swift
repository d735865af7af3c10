import Foundation
import TestSupport
import Testing

/// One case of the suites in Python, as pytest names it: `test_redis.py::test_values`.
struct ClientCase: Sendable, Hashable, CustomTestStringConvertible {
    let id: String

    /// pytest prints it below the repository's folder.
    static let folder = "Tests/Clients"

    static let python = Repository.root + "/.build/clients/bin/python"

    /// What every call of pytest has: it leaves nothing in the folder of the suites.
    static let pytest = [
        "-B", "-m", "pytest", "-p", "no:cacheprovider", "-q", "--rootdir", Repository.root,
        "\(Repository.root)/\(folder)",
    ]

    var testDescription: String { String(id.dropFirst(Self.folder.count + 1)) }

    /// All that there are; pytest is asked, as many come from one function.
    static func all() throws -> [ClientCase] {
        let said = try Program.run(
            python, pytest + ["--collect-only"],
            environment: ["PATH": "/usr/bin:/bin"])
        let lines = String(decoding: said.output, as: UTF8.self).split(separator: "\n")
        let cases = lines.filter { $0.contains("::") }.map { ClientCase(id: String($0)) }
        guard said.status == 0, !cases.isEmpty else {
            throw TestError(
                lines.joined(separator: "\n") + String(decoding: said.errors, as: UTF8.self))
        }
        return cases
    }
}
