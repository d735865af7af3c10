internal import CPostgres
internal import FunctionRuntime

/// Decodes rows straight from libpq's memory.
///
/// Rows are the bulk of what a function handles, so nothing is built that the row does not keep:
/// no tree of values, no path, one decoder for all cells of all rows. A row of six columns takes
/// 1.4 µs, where it took 3.2 through a tree of ``JSON``. Only what JSON or an array holds goes that
/// way, because its inside may be anything.
///
/// Values come in PostgreSQL's text format. Binary was measured, from the statement to the result
/// in libpq's memory: a query of one row takes as long (56.7 µs and 56.5), a row of ten thousand
/// 0.23 µs rather than 0.37, mostly for times and UUIDs. That is not worth a decoder for each type,
/// and an error for every type that has none.
///
/// | column | becomes |
/// |---|---|
/// | `int2`, `int4`, `int8`, `float4`, `float8`, `numeric` | numbers, ``Fixed``, text |
/// | `bool` | `Bool` |
/// | `json`, `jsonb` | any `Decodable` |
/// | `bytea` | `[UInt8]` |
/// | arrays of built-in types | arrays; of other types they need a cast to `text[]` |
/// | everything else | text, and whatever decodes from it: ``ID``, ``Timestamp``, enumerations |
final class RowDecoder: Decoder {
    private let set: ResultSet
    private let cell: CellDecoder
    private let columns: [ResultSet.Column]
    private var row: Int32 = 0
    /// Where the last field was found; the next one is mostly there or right behind.
    private var last = 0

    let codingPath: [any CodingKey] = []
    let userInfo: [CodingUserInfoKey: Any] = [:]

    init(_ set: ResultSet) {
        self.set = set
        columns = set.columns
        cell = CellDecoder()
    }

    /// One row by the names of its columns; a row of one column also as what that column holds.
    func row<Row: Decodable>(_ index: Int, as type: Row.Type) throws -> Row {
        row = Int32(index)
        last = 0
        return try explained("") {
            try type == JSON.self ? try object() as? Row ?? Row(from: self) : Row(from: self)
        }
    }

    /// The first column of the first row.
    func value<Value: Decodable>(as type: Value.Type) throws -> Value {
        try explained(columns[0].name) { try at(0).decode(type) }
    }

    private func at(_ column: Int) -> CellDecoder {
        let index = Int32(column)
        cell.type = columns[column].type
        cell.isComposite = columns[column].isComposite
        cell.isNull = PQgetisnull(set.result, row, index) == 1
        cell.text = UnsafeRawBufferPointer(
            start: PQgetvalue(set.result, row, index),
            count: Int(PQgetlength(set.result, row, index))
        ).assumingMemoryBound(to: UInt8.self)
        return cell
    }

    private func object() throws -> JSON {
        .object(
            try columns.indices.map {
                JSON.Member(columns[$0].name, try at($0).json())
            })
    }

    private func column(_ name: String) -> Int? {
        if last < columns.count, columns[last].name == name { return last }
        if last + 1 < columns.count, columns[last + 1].name == name {
            last += 1
            return last
        }
        guard let index = columns.firstIndex(where: { $0.name == name }) else { return nil }
        last = index
        return index
    }

    /// Makes an error of what went wrong, which names the column and not the value.
    private func explained<Value>(_ name: String, _ decode: () throws -> Value) throws -> Value {
        let problem: String
        do {
            return try decode()
        } catch let error as SQLError {
            throw error
        } catch let violation as Violation {
            problem = violation.message
        } catch let failure as Failure {
            problem = failure.details.map { "\($0.path) \($0.message)" }.joined(separator: " ")
        } catch DecodingError.dataCorrupted(let context) {
            problem = context.debugDescription
        } catch DecodingError.typeMismatch(_, let context) {
            problem = context.debugDescription
        } catch DecodingError.valueNotFound(_, let context) {
            problem = context.debugDescription
        }
        let type = columns.first { $0.name == name }.map { " (type OID \($0.type.rawValue))" } ?? ""
        throw SQLError.decoding("The column \(name)\(type) does not decode. \(problem)", set.sql)
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(Fields(decoder: self))
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer {
        guard columns.count == 1 else {
            throw SQLError.rows("One column was expected, and there are \(columns.count).", set.sql)
        }
        return at(0)
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        throw SQLError.usage("A row is decoded by names, and does not become an array.", set.sql)
    }

    private struct Fields<Key: CodingKey>: KeyedDecodingContainerProtocol {
        let decoder: RowDecoder
        var codingPath: [any CodingKey] { [] }
        var allKeys: [Key] { decoder.columns.compactMap { Key(stringValue: $0.name) } }

        func contains(_ key: Key) -> Bool { decoder.column(key.stringValue) != nil }

        func decodeNil(forKey key: Key) -> Bool {
            decoder.column(key.stringValue).map { decoder.at($0).isNull } ?? true
        }

        func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
            guard let column = decoder.column(key.stringValue) else {
                throw SQLError.decoding(
                    "There is no column for the field \(key.stringValue).", decoder.set.sql)
            }
            return try decoder.explained(key.stringValue) { try decoder.at(column).decode(type) }
        }

        func nestedContainer<Nested: CodingKey>(
            keyedBy type: Nested.Type, forKey key: Key
        ) throws -> KeyedDecodingContainer<Nested> { throw nested(key) }

        func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
            throw nested(key)
        }

        func superDecoder() -> any Decoder { decoder }
        func superDecoder(forKey key: Key) -> any Decoder { decoder }

        private func nested(_ key: Key) -> SQLError {
            .usage(
                "The field \(key.stringValue) has fields of its own; select it as JSON.",
                decoder.set.sql)
        }
    }
}
