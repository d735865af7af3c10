public import FunctionRuntime

/// The one table of what a caller is told of an SQLSTATE.
///
/// | SQLSTATE | status | code |
/// |---|---|---|
/// | `APnnn`, raised by an app's own SQL | nnn | its DETAIL; its MESSAGE is the message, its HINT the seconds of `Retry-After` |
/// | 23505 unique, 23P01 exclusion | 409 | `already-exists` |
/// | 23503 foreign key, 23001 restrict | 409 | `reference-conflict` |
/// | 23502 not null, 23514 check | 422 | `constraint-violated` |
/// | 22001, 22003, 22007, 22008, 22021, 22P02, 22P05: not a value of the type | 400 | `invalid-value` |
/// | 28000 raised by a statement | 401 | `unauthorized` |
/// | 42501 privilege or row-level security | 403 | `forbidden` |
/// | 40001 serialization, 40P01 deadlock, after one more attempt | 503 | `write-conflict` |
/// | 08*, 53300, 57P01–57P03, no connection, connection lost | 503 | `database-unavailable` |
///
/// Everything else is a fault in the function or in its schema: a 500, logged. The sentences tell
/// nothing of values or SQL; a constraint's name may carry a better one.
extension SQLError {
    /// What the caller is told.
    ///
    /// - Parameter constraints: messages by the name of the constraint that was violated.
    /// - Returns: nil where it is a fault of ours.
    public func failure(constraints: [String: String] = [:]) -> Failure? {
        switch self {
        case .lost, .unreachable: return .databaseUnavailable
        case .decoding, .rows, .usage: return nil
        case .refused(let refusal, _):
            guard refusal.severity == "ERROR" else { return .databaseUnavailable }
            if let raised = refusal.raised { return raised }
            guard var failure = Self.failure(of: refusal.sqlState) else { return nil }
            if let message = refusal.constraint.flatMap({ constraints[$0] }) {
                failure.message = message
            }
            return failure
        }
    }

    private static func failure(of sqlState: String) -> Failure? {
        switch sqlState {
        case "23505", "23P01":
            Failure(409, "already-exists", "Something with these values exists already.")
        case "23503", "23001":
            Failure(
                409, "reference-conflict",
                "It refers to something that does not exist, or something else still refers to it.")
        case "23502":
            Failure(422, "constraint-violated", "A value that is required is missing.")
        case "23514":
            Failure(422, "constraint-violated", "A value is not within what is allowed.")
        case "22001", "22003", "22007", "22008", "22021", "22P02", "22P05":
            Failure(400, "invalid-value", "A value is not of the form or the size that is wanted.")
        case "28000":
            .unauthorized("You are not signed in.")
        case "42501":
            .forbidden("You may not do this.")
        case "40001", "40P01":
            Failure(
                503, "write-conflict", "Others changed the same at the same time; try again.",
                headers: ["retry-after": "1"])
        case "53300", "57P01", "57P02", "57P03": .databaseUnavailable
        case _ where sqlState.hasPrefix("08"): .databaseUnavailable
        default: nil
        }
    }
}

extension SQLError.Refusal {
    /// The failure that an app's SQL raised as `APnnn`.
    fileprivate var raised: Failure? {
        guard sqlState.hasPrefix("AP"), let status = Int(sqlState.dropFirst(2)),
            (400...599).contains(status)
        else { return nil }
        var headers: Headers = [:]
        if let hint, Int(hint) != nil { headers["retry-after"] = hint }
        return Failure(status, detail ?? "refused", message, headers: headers)
    }
}

extension Failure {
    /// 503: the database is away; the caller may try again.
    static var databaseUnavailable: Failure {
        Failure(
            503, "database-unavailable", "The database cannot be reached; try again in a moment.",
            headers: ["retry-after": "1"])
    }
}
