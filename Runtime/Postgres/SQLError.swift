internal import CPostgres

/// What went wrong with a statement, for the log: never a value that was bound.
///
/// The messages are PostgreSQL's and may quote a value that broke a rule; so they do not reach a
/// caller either. ``failure(constraints:)`` says what does.
public enum SQLError: Error {
    /// PostgreSQL refused the statement.
    case refused(Refusal, SQL)
    /// A row does not fit the type that it was to become.
    case decoding(String, SQL)
    /// Another number of rows came than the verb promises.
    case rows(String, SQL)
    /// The module was asked for what it cannot do.
    case usage(String, SQL)
    /// There is no connection, and this is why.
    case unreachable(String)
    /// The connection broke while an answer was awaited: whether the transaction was committed is
    /// not known.
    case lost(String)

    /// PostgreSQL's own words (its manual, §55.8).
    public struct Refusal: Sendable, Equatable {
        /// `ERROR`, `FATAL` or `PANIC`.
        public var severity: String
        /// Five characters (its manual, appendix A).
        public var sqlState: String
        public var message: String
        public var detail: String?
        public var hint: String?
        public var constraint: String?
        public var column: String?
        /// In characters from 1, where the statement itself is at fault.
        public var position: Int?
        /// The calls that led there, innermost first.
        public var context: String?
    }

    /// What PostgreSQL said, where it was the one to refuse.
    public var refusal: Refusal? {
        if case .refused(let refusal, _) = self { refusal } else { nil }
    }

    /// The SQLSTATE, where PostgreSQL gave one.
    public var sqlState: String? { refusal?.sqlState }

    /// The name of the constraint that was violated.
    public var constraint: String? { refusal?.constraint }

    /// Whether the transaction lost to a concurrent one, and would succeed if it were alone.
    var isConflict: Bool {
        ["40001", "40P01"].contains(sqlState)
    }

    /// Whether the connection is of no more use.
    var endsConnection: Bool {
        switch self {
        case .lost, .unreachable: true
        case .refused(let refusal, _): refusal.severity != "ERROR"
        default: false
        }
    }
}

extension SQLError: CustomStringConvertible, CustomDebugStringConvertible {
    public var description: String {
        switch self {
        case .refused(let refusal, let sql): "\(refusal) The statement: \(sql)"
        case .decoding(let problem, let sql), .rows(let problem, let sql),
            .usage(let problem, let sql):
            "\(problem) The statement: \(sql)"
        case .unreachable(let problem): "The database cannot be reached: \(problem)"
        case .lost(let problem): "The connection to the database was lost: \(problem)"
        }
    }

    public var debugDescription: String { description }
}

extension SQLError.Refusal: CustomStringConvertible {
    /// Without the detail, which is where PostgreSQL quotes whole rows.
    public var description: String {
        var text = "\(severity) \(sqlState): \(message)"
        if !message.hasSuffix(".") { text += "." }
        if let constraint { text += " The constraint: \(constraint)." }
        if let position { text += " At character \(position)." }
        if let hint { text += " The hint: \(hint)" }
        if let context { text += " The context: \(context)" }
        return text
    }

    /// Reads the fields of a result that reports an error.
    init(_ result: OpaquePointer) {
        func field(_ code: Unicode.Scalar) -> String? {
            PQresultErrorField(result, Int32(code.value)).map { String(cString: $0) }
        }
        severity = field("V") ?? "FATAL"
        sqlState = field("C") ?? ""
        message = field("M") ?? String(cString: PQresultErrorMessage(result))
        detail = field("D")
        hint = field("H")
        constraint = field("n")
        column = field("c")
        position = field("P").flatMap { Int($0) }
        context = field("W")
    }
}
