internal import CPostgres
internal import FunctionRuntime

/// What a tool wants that owns the database: scripts of many statements, and single statements
/// outside of any transaction.
extension Connection {
    /// Runs a script.
    ///
    /// Its statements are one transaction, unless one is open or it says otherwise itself.
    ///
    /// - Throws: ``ScriptError``, which knows the line.
    package func execute(_ script: String) throws {
        guard PQexitPipelineMode(connection) == 1 else { throw lost() }
        let result = PQexec(connection, script)
        defer { PQclear(result) }
        let status = PQresultStatus(result)
        guard PQenterPipelineMode(connection) == 1 else { throw lost() }
        if status == PGRES_FATAL_ERROR, let result {
            throw ScriptError(refusal: .init(result), script: script)
        }
    }

    /// Runs one statement by itself.
    ///
    /// - Returns: how many rows it changed.
    @discardableResult
    package func run(_ sql: SQL) throws -> Int {
        try pipeline([sql]).first?.affected ?? 0
    }

    /// Runs one statement by itself, and decodes its rows.
    package func rows<Row: Decodable>(_ sql: SQL, as type: Row.Type = Row.self) throws -> [Row] {
        try pipeline([sql]).first?.rows(as: type) ?? []
    }
}

/// What PostgreSQL refused in a script, and where.
package struct ScriptError: Error, CustomStringConvertible {
    package var refusal: SQLError.Refusal
    /// From 1; nil where the fault is not in the text.
    package var line: Int?

    init(refusal: SQLError.Refusal, script: String) {
        self.refusal = refusal
        line = refusal.position.map { position in
            1 + script.unicodeScalars.prefix(position - 1).count { $0 == "\n" }
        }
    }

    package var description: String {
        line.map { "Line \($0): \(refusal)" } ?? refusal.description
    }
}
