/// Something that a host does otherwise, or not at all.
struct Finding: Hashable, Sendable {
    var severity: Severity
    var topic: Topic
    /// What it is and why, in one sentence without its full stop.
    var problem: String
    /// What to do, in another.
    var remedy: String

    /// Whether nothing that can be set where the function runs would repair it.
    var isFinal: Bool { severity == .fails && topic != .settings && topic != .address }

    /// As people are told it.
    var sentences: String { "\(problem). \(remedy)" }

    enum Severity: String, Sendable, CaseIterable {
        /// The function does not do there what it does here.
        case fails
        /// It works, and somebody may notice a difference.
        case differs
    }

    enum Topic: String, Sendable {
        case body, answer, header, path, time, realtime, queue, schedule, address, settings
    }

    static func fails(_ topic: Topic, _ problem: String, do remedy: String) -> Finding {
        Finding(severity: .fails, topic: topic, problem: problem, remedy: remedy)
    }

    static func differs(_ topic: Topic, _ problem: String, do remedy: String) -> Finding {
        Finding(severity: .differs, topic: topic, problem: problem, remedy: remedy)
    }
}
