public import FunctionRuntime

/// A PostgreSQL database, declared as a stored property of the handler.
///
/// ```swift
/// var database = Database("desk", constraints: ["ticket_title_key": "That title is taken."])
///
/// let open = try database.rows(
///     "SELECT id, title FROM ticket WHERE owner = \(caller)", as: Ticket.self,
///     after: .settings(["app.user_id": caller]))
/// ```
///
/// The address comes from `DATABASE_URL_DESK`, or else from `DATABASE_URL`. The connection is
/// opened on first use and kept while the process lives; one that died while it was idle is
/// replaced unseen.
///
/// Each verb is a transaction of its own, sent in one round trip: BEGIN, what stands in `after`
/// (settings; a call that authenticates, and may raise), the statement, COMMIT. So a fault that
/// shows only on this side, a row that does not decode or a row too many, is found when the
/// statement is committed already; use ``transaction(after:isolation:_:)`` where that matters.
///
/// A transaction that loses to a concurrent one (SQLSTATE 40001, 40P01) is tried once more. What
/// goes wrong is thrown as a `Failure` where the caller can be told of it
/// (``SQLError/failure(constraints:)``), and as an ``SQLError`` otherwise.
public struct Database: Binding {
    public let name: String
    private let constraints: [String: String]
    private let session: Session

    /// Declares a database.
    ///
    /// - Parameters:
    ///   - name: what it is called in `--describe` and in the name of its variable.
    ///   - constraints: what a caller is told by the name of the constraint that was violated.
    public init(_ name: String, constraints: [String: String] = [:]) {
        self.init(name, constraints: constraints) { try Self.address(of: name) }
    }

    /// A database whose address does not come from the environment.
    package init(
        _ name: String, constraints: [String: String] = [:], address: @escaping () throws -> String
    ) {
        self.name = name
        self.constraints = constraints
        session = Session(name, address: address)
    }

    public var binding: BindingDescription { .init(kind: "database", name: name) }

    /// The rows that a statement gives, decoded by the names of their columns (`created_at` as
    /// `createdAt`).
    public func rows<Row: Decodable>(
        _ sql: SQL, as type: Row.Type = Row.self, after settings: SQL...
    ) throws -> [Row] {
        try single(sql, settings) { try $0.rows(as: type) }
    }

    /// The row that a statement gives; nil where it gives none.
    public func row<Row: Decodable>(
        _ sql: SQL, as type: Row.Type = Row.self, after settings: SQL...
    ) throws -> Row? {
        try single(sql, settings) { try $0.row(as: type) }
    }

    /// The only row that a statement gives; a statement that gives none is at fault.
    public func only<Row: Decodable>(
        _ sql: SQL, as type: Row.Type = Row.self, after settings: SQL...
    ) throws -> Row {
        try single(sql, settings) { try $0.only(as: type) }
    }

    /// The first column of the only row that a statement gives.
    ///
    /// An optional type takes NULL, and that there is no row.
    public func value<Value: Decodable>(
        _ sql: SQL, as type: Value.Type = Value.self, after settings: SQL...
    ) throws -> Value {
        try single(sql, settings) { try $0.value(as: type) }
    }

    /// Runs a statement, and says how many rows it changed.
    @discardableResult
    public func run(_ sql: SQL, after settings: SQL...) throws -> Int {
        try single(sql, settings) { $0.affected }
    }

    /// Runs a body in one transaction, which is committed where the body returns and rolled back
    /// where it throws.
    ///
    /// The body runs a second time where the transaction loses to a concurrent one; so it must not
    /// do what cannot be done twice.
    @discardableResult
    public func transaction<Value>(
        after settings: SQL..., isolation: Isolation = .readCommitted,
        _ body: (Transaction) throws -> Value
    ) throws -> Value {
        try translated {
            try session.attempt { connection in
                let transaction = Transaction(connection, opening: [isolation.begin] + settings)
                do {
                    let value = try body(transaction)
                    try transaction.commit()
                    return value
                } catch {
                    // The body may have made something else of it; a conflict is still one.
                    if let first = transaction.error, first.isConflict { throw first }
                    throw error
                }
            }
        }
    }

    private static func address(of name: String) throws -> String {
        let suffix = String(name.uppercased().map { $0.isLetter || $0.isNumber ? $0 : "_" })
        if let own = Environment["DATABASE_URL_\(suffix)"] { return own }
        return try Environment.require("DATABASE_URL", for: "the database \(name)")
    }

    private func single<Value>(
        _ sql: SQL, _ settings: [SQL], read: (ResultSet) throws -> Value
    ) throws -> Value {
        try translated {
            let results = try session.attempt {
                try $0.pipeline([Isolation.readCommitted.begin] + settings + [sql, "COMMIT"])
            }
            return try read(results[settings.count + 1])
        }
    }

    private func translated<Value>(_ work: () throws -> Value) throws -> Value {
        do {
            return try work()
        } catch let error as SQLError {
            guard let failure = error.failure(constraints: constraints) else { throw error }
            if failure.status >= 500 {
                Log.error("The database failed a request.", ["error": error.description])
            }
            throw failure
        }
    }
}
