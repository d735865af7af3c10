import FunctionRuntime

/// What differs, in words and as JSON.
enum ReplayReport {
    /// One text for each host whose answer is not as recorded, and for each that disagrees with
    /// another; none where all is well.
    static func texts(of result: Replay.Result) -> [String] {
        result.outcomes.filter { !$0.isAsRecorded }.map { text(of: $0, result.file) }
            + result.disagreements.map { text(of: $0, result.file) }
    }

    private static func text(of outcome: Replay.Outcome, _ file: FixtureFile) -> String {
        guard outcome.problem == nil else {
            return "\(file) through \(outcome.host): \(outcome.problem ?? "")"
        }
        var lines = ["--- \(file) as recorded", "+++ \(file) through \(outcome.host)"]
        lines += diff(outcome.differences)
        if let answer = outcome.answer {
            lines.append("The answer was \(answer.status) \(JSON.string(answer.text).words)")
            if !answer.log.isEmpty { lines.append("The function logged \(answer.log)") }
        }
        return lines.joined(separator: "\n")
    }

    private static func text(of disagreement: Replay.Disagreement, _ file: FixtureFile) -> String {
        let lines =
            [
                "--- \(file) through \(disagreement.one)",
                "+++ \(file) through \(disagreement.other), and no placeholder allows it",
            ] + diff(disagreement.differences)
        return lines.joined(separator: "\n")
    }

    /// Each place, with what is expected and what was found; nothing where nothing is.
    private static func diff(_ differences: [Difference]) -> [String] {
        differences.flatMap { difference in
            ["@@ \(difference.path) @@"]
                + [("-", difference.expected), ("+", difference.found)]
                .filter { $0.1 != "nothing" }.map { $0.0 + $0.1 }
        }
    }
}

extension ReplayReport {
    /// All results for machines: what differs, and the sum of each host.
    static func json(_ results: [Replay.Result], _ sums: [ReplaySum]) -> JSON {
        [
            "hosts": .array(sums.map(\.json)),
            "differences": .array(results.flatMap(differences)),
        ]
    }

    private static func differences(of result: Replay.Result) -> [JSON] {
        let outcomes = result.outcomes.filter { !$0.isAsRecorded }.map { outcome -> JSON in
            var members: [JSON.Member] = [
                .init("fixture", .string("\(result.file)")), .init("host", .string(outcome.host)),
            ]
            if let problem = outcome.problem {
                members.append(.init("problem", .string(problem)))
            }
            members.append(.init("places", places(outcome.differences)))
            if let log = outcome.answer?.log, !log.isEmpty {
                members.append(.init("log", .string(log)))
            }
            return .object(members)
        }
        return outcomes
            + result.disagreements.map { disagreement in
                [
                    "fixture": .string("\(result.file)"), "host": .string(disagreement.other),
                    "unlike": .string(disagreement.one),
                    "places": places(disagreement.differences),
                ]
            }
    }

    private static func places(_ differences: [Difference]) -> JSON {
        .array(
            differences.map {
                [
                    "path": .string($0.path), "expected": .string($0.expected),
                    "found": .string($0.found),
                ]
            })
    }
}

/// How many fixtures one host has answered as recorded.
struct ReplaySum {
    var host: any FunctionHost
    /// Of those that it can carry.
    var total = 0
    var good = 0
    var notCarried = 0

    init(of results: [Replay.Result], through host: any FunctionHost) {
        self.host = host
        for result in results {
            guard !result.outcomes.contains(where: { $0.host == host.key && !$0.isCarried }) else {
                notCarried += 1
                continue
            }
            total += 1
            let isGood = result.outcomes.contains { $0.host == host.key && $0.isAsRecorded }
            let agrees = !result.disagreements.contains { $0.other == host.key }
            if isGood && agrees { good += 1 }
        }
    }

    /// Such as `cgi: 812 of 812 as recorded`.
    var words: String {
        var words = "\(host.key): \(good) of \(total) as recorded"
        if notCarried > 0 { words += ", and \(notCarried) that it cannot carry" }
        return host.note.map { "\(words); \($0)" } ?? words
    }

    var json: JSON {
        [
            "host": .string(host.key), "fixtures": .number(String(total)),
            "asRecorded": .number(String(good)), "notCarried": .number(String(notCarried)),
        ]
    }
}
