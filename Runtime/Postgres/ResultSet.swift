internal import CPostgres
internal import FunctionRuntime

/// What a statement answered.
final class ResultSet {
    private let result: OpaquePointer
    private let sql: SQL
    private let columns: [Column]

    private struct Column {
        var name: String
        var type: ColumnType
    }

    /// Takes over a result of libpq.
    init(_ result: OpaquePointer, of sql: SQL) {
        self.result = result
        self.sql = sql
        columns = (0..<PQnfields(result)).map { index in
            Column(
                name: PQfname(result, index).map { Self.camelCase($0) } ?? "",
                type: ColumnType(rawValue: PQftype(result, index)))
        }
    }

    deinit {
        PQclear(result)
    }

    /// How many rows an INSERT, UPDATE, DELETE or MERGE changed, or a SELECT gave.
    var affected: Int {
        PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? 0
    }

    func rows<Row: Decodable>(as type: Row.Type) throws -> [Row] {
        try (0..<PQntuples(result)).map { try decode(try row($0), as: type) }
    }

    func row<Row: Decodable>(as type: Row.Type) throws -> Row? {
        let count = PQntuples(result)
        guard count <= 1 else {
            throw SQLError.rows("At most one row was expected, and there are \(count).", sql)
        }
        return count == 0 ? nil : try decode(try row(0), as: type)
    }

    /// The first column of the only row.
    ///
    /// No row is as NULL, which an optional type takes.
    func value<Value: Decodable>(as type: Value.Type) throws -> Value {
        let count = PQntuples(result)
        guard count <= 1, !columns.isEmpty else {
            throw SQLError.rows("One value was expected, and there are \(count) rows.", sql)
        }
        if count == 0, !(type is any ExpressibleByNilLiteral.Type) {
            throw SQLError.rows("One row was expected, and there is none.", sql)
        }
        return try decode(count == 0 ? .null : try cell(0, 0), as: type)
    }

    private func row(_ row: Int32) throws -> JSON {
        var members: [JSON.Member] = []
        members.reserveCapacity(columns.count)
        for index in columns.indices {
            members.append(.init(columns[index].name, try cell(row, index)))
        }
        return .object(members)
    }

    private func cell(_ row: Int32, _ index: Int) throws -> JSON {
        let column = Int32(index)
        guard PQgetisnull(result, row, column) == 0 else { return .null }
        let count = Int(PQgetlength(result, row, column))
        let bytes = UnsafeRawBufferPointer(start: PQgetvalue(result, row, column), count: count)
        return try bytes.withMemoryRebound(to: UInt8.self) {
            try columns[index].type.json(of: $0)
        }
    }

    /// A column is lenient: a string stands for a number where the type is `numeric`.
    private func decode<Value: Decodable>(_ json: JSON, as type: Value.Type) throws -> Value {
        do {
            return try json.decode(as: type, lenient: true)
        } catch let failure as Failure {
            let problems = failure.details.map { detail in
                let column = columns.first { $0.name == detail.path } ?? columns.first
                let name = detail.path.isEmpty ? column?.name ?? "" : detail.path
                let oid = column?.type.rawValue ?? 0
                return "\(name) (type OID \(oid)): \(detail.message)"
            }
            throw SQLError.decoding(
                "A row does not decode as \(type). \(problems.joined(separator: " "))", sql)
        }
    }

    /// `created_at` as `createdAt`.
    private static func camelCase(_ name: UnsafePointer<CChar>) -> String {
        let words = String(cString: name).split(separator: "_", omittingEmptySubsequences: false)
        return words.dropFirst().reduce(String(words.first ?? "")) {
            $0 + $1.prefix(1).uppercased() + $1.dropFirst()
        }
    }
}
