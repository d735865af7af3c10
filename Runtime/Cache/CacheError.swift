internal import FunctionRuntime

/// What went wrong with the cache, for the log.
///
/// It names the command, and never a key, a value or the password.
public enum CacheError: Error, Sendable, Equatable {
    /// Redis refused the command: a code in capitals, such as `WRONGTYPE`, and its words.
    case refused(command: String, code: String, message: String)
    /// The answer is not what the command answers, or not of the type that is wanted.
    case unexpected(command: String, found: String)
    /// The cache was asked for what it cannot do.
    case usage(String)
    /// There is no connection, and this is why.
    case unreachable(String)
    /// The connection broke, or time was up, while an answer was awaited: whether the command was
    /// carried out is not known.
    case lost(command: String, String)

    /// What the caller of a function is told; nil where it is a fault of ours.
    var failure: Failure? {
        switch self {
        case .unreachable, .lost:
            Failure(
                503, "cache-unavailable", "The cache cannot be reached; try again in a moment.",
                headers: ["retry-after": "1"])
        case .refused, .unexpected, .usage: nil
        }
    }

    /// Whether the time ran out, rather than the connection broke.
    var isTimeout: Bool {
        if case .lost(_, CacheError.timeIsUp) = self { true } else { false }
    }

    static let timeIsUp = "time was up"

    /// The error that Redis has put in words.
    static func refused(_ command: String, _ words: String) -> CacheError {
        let code = words.prefix { $0.isASCII && $0.isUppercase }
        let message = String(words.dropFirst(code.count).drop { $0 == " " })
        // "unknown command 'X', with args beginning with: 'key' …"
        return .refused(
            command: command, code: String(code), message: message.upTo(", with args"))
    }

    static func wrongType(_ command: String) -> CacheError {
        refused(
            command, "WRONGTYPE Operation against a key holding the wrong kind of value")
    }
}

extension CacheError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .refused(let command, let code, let message):
            "Redis refused the command \(command): \(code) \(message)"
        case .unexpected(let command, let found):
            "The command \(command) was answered with \(found)."
        case .usage(let problem): problem
        case .unreachable(let problem): "Redis cannot be reached: \(problem)"
        case .lost(let command, let problem):
            "The connection to Redis was lost in the command \(command): \(problem)"
        }
    }
}

extension String {
    /// What stands before a mark; all of it where the mark is not there.
    func upTo(_ mark: String) -> String {
        let end = utf8.indices.first { utf8[$0...].starts(with: mark.utf8) }
        return String(self[..<(end ?? endIndex)])
    }
}
