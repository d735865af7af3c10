import FunctionPostgres
import FunctionRuntime

extension Connection {
    /// The rows of a query, each with its columns in order, as PostgreSQL writes them in JSON.
    func members(of sql: String) throws -> [[JSON.Member]] {
        struct Row: Decodable {
            var value: String
        }
        let rows = try rows(
            "SELECT to_json(row)::text AS value FROM (\(unsafe: sql)) AS row", as: Row.self)
        return try rows.map { row in
            guard case .object(let members) = try JSON(parsing: row.value) else { return [] }
            return members
        }
    }
}
