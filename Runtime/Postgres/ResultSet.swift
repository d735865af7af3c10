internal import CPostgres
internal import FunctionRuntime
internal import Glibc

/// What a statement answered, in libpq's memory, which ends with this.
final class ResultSet {
    let result: OpaquePointer
    let sql: SQL
    /// Made once a result, and only where it is read.
    private(set) lazy var columns = (0..<PQnfields(result)).map { Column(result, $0) }

    struct Column {
        /// `created_at` as `createdAt`.
        var name: String
        var type: ColumnType
        var isComposite: Bool

        init(_ result: OpaquePointer, _ index: Int32) {
            name = PQfname(result, index).map { Self.camelCase($0) } ?? ""
            type = ColumnType(rawValue: PQftype(result, index))
            isComposite = type.isComposite
        }

        /// An underscore goes, and raises the letter (a to z) behind it.
        ///
        /// Names are asked for with each result, so they are taken as the bytes that they are.
        private static func camelCase(_ name: UnsafePointer<CChar>) -> String {
            let length = strlen(name)
            return String(unsafeUninitializedCapacity: length) { letters in
                var count = 0
                var isRaised = false
                for index in 0..<length {
                    let byte = UInt8(bitPattern: name[index])
                    let isLower = (0x61...0x7A).contains(byte)
                    if byte != UInt8(ascii: "_") {
                        letters[count] = isRaised && isLower ? byte - 0x20 : byte
                        count += 1
                    }
                    isRaised = byte == UInt8(ascii: "_")
                }
                return count
            }
        }
    }

    /// Takes over a result of libpq.
    init(_ result: OpaquePointer, of sql: SQL) {
        self.result = result
        self.sql = sql
    }

    deinit {
        PQclear(result)
    }

    /// How many rows an INSERT, UPDATE, DELETE or MERGE changed, or a SELECT gave.
    var affected: Int {
        PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? 0
    }

    var count: Int { Int(PQntuples(result)) }

    func rows<Row: Decodable>(as type: Row.Type) throws -> [Row] {
        let decoder = RowDecoder(self)
        return try (0..<count).map { try decoder.row($0, as: type) }
    }

    func row<Row: Decodable>(as type: Row.Type) throws -> Row? {
        guard count <= 1 else {
            throw SQLError.rows("At most one row was expected, and there are \(count).", sql)
        }
        return count == 0 ? nil : try RowDecoder(self).row(0, as: type)
    }

    func only<Row: Decodable>(as type: Row.Type) throws -> Row {
        guard let row = try row(as: type) else { throw noRow }
        return row
    }

    /// The first column of the only row.
    ///
    /// No row is as NULL, which an optional type takes.
    func value<Value: Decodable>(as type: Value.Type) throws -> Value {
        guard count <= 1, !columns.isEmpty else {
            throw SQLError.rows("One value was expected, and there are \(count) rows.", sql)
        }
        guard count == 0 else { return try RowDecoder(self).value(as: type) }
        guard let none = (type as? any ExpressibleByNilLiteral.Type)?.init(nilLiteral: ()) as? Value
        else { throw noRow }
        return none
    }

    private var noRow: SQLError { .rows("One row was expected, and there is none.", sql) }
}
