import FunctionRuntime

/// What a host would do otherwise with some functions.
///
/// Each check looks at one function and one topic; what several functions have in common is then one
/// finding with their names. What is not mentioned works as it does here.
struct Diagnosis: Sendable {
    /// A finding, and the functions that it is about: `Brainstorm/ListNews`.
    struct Entry: Sendable {
        var finding: Finding
        var functions: [String]
    }

    let target: HostTarget
    let functionCount: Int
    /// What fails first; then in the order of the checks.
    let entries: [Entry]

    var fails: Bool { entries.contains { $0.finding.severity == .fails } }

    /// - Parameters:
    ///   - target: the host.
    ///   - entries: the apps with those of their functions that are meant.
    ///   - answers: what functions are known to answer.
    ///   - environment: the variables that the host would have.
    /// - Throws: ``RunnerError`` for a schedule that cannot be read.
    init(
        of target: HostTarget, _ entries: [Catalog.Entry], answers: RecordedAnswers,
        environment: [String: String]
    ) throws {
        var order: [Finding] = []
        var functions: [Finding: [String]] = [:]
        for entry in entries {
            for function in entry.functions {
                let subject = Subject(
                    app: entry.app, function: function, host: .of(target),
                    answers: answers.of(function.name, in: entry.app), environment: environment)
                for finding in try subject.findings {
                    if functions[finding] == nil { order.append(finding) }
                    functions[finding, default: []].append(subject.name)
                }
            }
        }
        self.target = target
        functionCount = entries.reduce(0) { $0 + $1.functions.count }
        self.entries = Finding.Severity.allCases.flatMap { severity in
            order.filter { $0.severity == severity }
                .map { Entry(finding: $0, functions: functions[$0] ?? []) }
        }
    }
}

/// One function, and all that the checks look at.
struct Subject {
    let app: App
    let function: Catalog.Function
    let host: HostTraits
    let answers: RecordedAnswers.OfFunction
    let environment: [String: String]

    var name: String { "\(app.name)/\(function.name)" }
    var description: FunctionDescription { function.description }

    /// Whether HTTP requests come to it.
    var hasRoute: Bool {
        if case .route = description.trigger { true } else { false }
    }

    /// Whether a GRIP proxy holds its clients' connections.
    ///
    /// A function that only publishes has the same binding; it takes no GET requests.
    var holdsConnections: Bool {
        description.isWebSocket || answers.fields.contains("grip-hold")
            || description.method == "GET" && !description.names(of: "realtime").isEmpty
    }

    var findings: [Finding] {
        get throws {
            try bodyFindings + answerFindings + pathFindings + timeFindings + realtimeFindings
                + triggerFindings + addressFindings + settingsFindings
        }
    }

    /// Why packages for its host are made without it; nil where it can run there.
    var obstacle: Finding? {
        get throws { try findings.first { $0.isFinal } }
    }
}
