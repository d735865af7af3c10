/// An open transaction.
///
/// `BEGIN` and the settings leave together with the first statement, so a transaction of n
/// statements takes n + 1 round trips, the last for COMMIT.
///
/// Its verbs throw ``SQLError``, for a handler that wants to know which constraint it was; what
/// leaves the transaction becomes a `Failure` by the table in ``SQLError/failure(constraints:)``.
/// After an error PostgreSQL takes no more statements; so each further verb throws the first error
/// again, and the transaction cannot be committed though the body swallows it.
public struct Transaction {
    /// What several copies of the value share: which part of it has left.
    final class State {
        let connection: Connection
        var unsent: [SQL]
        var error: SQLError?

        init(_ connection: Connection, opening: [SQL]) {
            self.connection = connection
            unsent = opening
        }
    }

    private let state: State

    init(_ connection: Connection, opening: [SQL]) {
        state = State(connection, opening: opening)
    }

    /// The rows that a statement gives, decoded by the names of their columns.
    public func rows<Row: Decodable>(_ sql: SQL, as type: Row.Type = Row.self) throws -> [Row] {
        try send(sql).rows(as: type)
    }

    /// The row that a statement gives; nil where it gives none.
    public func row<Row: Decodable>(_ sql: SQL, as type: Row.Type = Row.self) throws -> Row? {
        try send(sql).row(as: type)
    }

    /// The only row that a statement gives; a statement that gives none is at fault.
    public func only<Row: Decodable>(_ sql: SQL, as type: Row.Type = Row.self) throws -> Row {
        try send(sql).only(as: type)
    }

    /// The first column of the only row that a statement gives.
    ///
    /// An optional type takes NULL, and that there is no row.
    public func value<Value: Decodable>(
        _ sql: SQL, as type: Value.Type = Value.self
    ) throws -> Value {
        try send(sql).value(as: type)
    }

    /// Runs a statement, and says how many rows it changed.
    @discardableResult
    public func run(_ sql: SQL) throws -> Int {
        try send(sql).affected
    }

    private func send(_ sql: SQL) throws -> ResultSet {
        if let error = state.error { throw error }
        let statements = state.unsent + [sql]
        do {
            let results = try state.connection.pipeline(statements)
            state.unsent = []
            return results[statements.count - 1]
        } catch let error as SQLError {
            state.error = error
            throw error
        }
    }

    /// The first error, which decides what becomes of the transaction.
    var error: SQLError? { state.error }

    /// Makes what was done last.
    ///
    /// What opens the transaction and was not needed yet runs too: a setting may be a check that
    /// raises.
    func commit() throws {
        if let error = state.error { throw error }
        _ = try state.connection.pipeline(state.unsent + ["COMMIT"])
    }
}

/// What a transaction sees of others that run at the same time (PostgreSQL's manual, §13.2).
public enum Isolation: Sendable {
    case readCommitted
    case repeatableRead
    case serializable

    var begin: SQL {
        switch self {
        case .readCommitted: "BEGIN"
        case .repeatableRead: "BEGIN ISOLATION LEVEL REPEATABLE READ"
        case .serializable: "BEGIN ISOLATION LEVEL SERIALIZABLE"
        }
    }
}
