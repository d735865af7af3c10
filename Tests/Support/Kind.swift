/// The kinds of case that every function owes, told apart by the status of the answer.
public enum Kind: String, Sendable, CaseIterable {
    case good
    case refused
    case invalid
    case missing

    /// Nil for a status that shows none of them, such as a 503.
    public init?(status: Int) {
        switch status {
        case 200..<400: self = .good
        case 401, 403: self = .refused
        case 404, 410: self = .missing
        case 400..<500: self = .invalid
        default: return nil
        }
    }

    /// What is missed where no fixture is of this kind.
    public var words: String {
        switch self {
        case .good: "a good case (2xx or 3xx)"
        case .refused: "a refused permission (401 or 403)"
        case .invalid: "a bad input (another 4xx)"
        case .missing: "a missing thing (404)"
        }
    }
}
