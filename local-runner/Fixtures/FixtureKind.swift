/// The kinds of case that functions owe, told apart by the answer.
enum FixtureKind: String, Sendable, CaseIterable {
    case good
    case refused
    case invalid
    case missing
    case failing

    /// What a function at a route owes, or one that a schedule or a queue triggers.
    static func owed(atRoute isAtRoute: Bool) -> [FixtureKind] {
        isAtRoute ? [.good, .refused, .invalid, .missing] : [.good, .failing]
    }

    /// Nil for an answer that shows none of them, such as a 503 at a route.
    init?(_ response: Fixture.Expectation, atRoute isAtRoute: Bool) {
        guard isAtRoute else {
            self = response.status < 400 && response.failed.isEmpty ? .good : .failing
            return
        }
        switch response.status {
        case 200..<400: self = .good
        case 401, 403: self = .refused
        case 404, 410: self = .missing
        case 400..<500: self = .invalid
        default: return nil
        }
    }

    /// What is missed where no fixture is of this kind.
    var words: String {
        switch self {
        case .good: "a good case (2xx or 3xx)"
        case .refused: "a refused permission (401 or 403)"
        case .invalid: "a bad input (another 4xx)"
        case .missing: "a missing thing (404)"
        case .failing: "a run that fails (4xx, 5xx, or messages to be delivered again)"
        }
    }
}
