internal import FunctionRuntime

/// Decodes the value of one column in one row.
///
/// There is one for a result; it is moved from cell to cell.
final class CellDecoder: Decoder, SingleValueDecodingContainer {
    var type = ColumnType(rawValue: 0)
    /// Whether it is JSON, bytes or an array.
    var isComposite = false
    var isNull = true
    /// What PostgreSQL printed.
    var text = UnsafeBufferPointer<UInt8>(start: nil, count: 0)

    let codingPath: [any CodingKey] = []
    let userInfo: [CodingUserInfoKey: Any] = [:]

    func decode<Value: Decodable>(_ target: Value.Type) throws -> Value {
        guard (isComposite && !isNull) || target == JSON.self else { return try Value(from: self) }
        return try composite(target)
    }

    /// Decodes what has an inside.
    ///
    /// It stands apart because merely naming the types of its casts would cost
    /// every cell.
    @inline(never)
    private func composite<Value: Decodable>(_ target: Value.Type) throws -> Value {
        if target == JSON.self, let json = try json() as? Value { return json }
        // Not through JSON, which would hold a number for each byte.
        if type == .bytea, let bytes = ColumnType.bytes(text) as? Value { return bytes }
        return try type.json(of: text).decode(as: target, lenient: true)
    }

    func json() throws -> JSON {
        isNull ? .null : try type.json(of: text)
    }

    func decodeNil() -> Bool { isNull }

    func decode(_ target: String.Type) throws -> String {
        guard !isNull else { throw mismatch("a text") }
        return String(decoding: text, as: UTF8.self)
    }

    func decode(_ target: Bool.Type) throws -> Bool {
        guard type == .bool, !isNull else { throw mismatch("a bool") }
        return text.first == UInt8(ascii: "t")
    }

    func decode(_ target: Double.Type) throws -> Double { try number("a number") }
    func decode(_ target: Float.Type) throws -> Float { try number("a number") }
    func decode(_ target: Int.Type) throws -> Int { try whole() }
    func decode(_ target: Int8.Type) throws -> Int8 { try whole() }
    func decode(_ target: Int16.Type) throws -> Int16 { try whole() }
    func decode(_ target: Int32.Type) throws -> Int32 { try whole() }
    func decode(_ target: Int64.Type) throws -> Int64 { try whole() }
    func decode(_ target: UInt.Type) throws -> UInt { try whole() }
    func decode(_ target: UInt8.Type) throws -> UInt8 { try whole() }
    func decode(_ target: UInt16.Type) throws -> UInt16 { try whole() }
    func decode(_ target: UInt32.Type) throws -> UInt32 { try whole() }
    func decode(_ target: UInt64.Type) throws -> UInt64 { try whole() }

    private func number<Value: LosslessStringConvertible>(_ wanted: String) throws -> Value {
        guard !isNull, let value = Value(String(decoding: text, as: UTF8.self)) else {
            throw mismatch(wanted)
        }
        return value
    }

    /// `numeric` is taken too, where it has no fraction: `sum` of a `bigint` is one.
    private func whole<Value: FixedWidthInteger>() throws -> Value {
        var value: Value = 0
        let isNegative = text.first == UInt8(ascii: "-")
        let digits = text[(isNegative ? 1 : 0)...]
        guard !isNull, !digits.isEmpty else { throw mismatch("a whole number") }
        for byte in digits {
            guard let digit = Value(exactly: byte &- 0x30), digit <= 9 else {
                throw mismatch("a whole number")
            }
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) =
                isNegative
                ? product.subtractingReportingOverflow(digit)
                : product.addingReportingOverflow(digit)
            guard !overflow, !carry else { throw mismatch("a whole number of this size") }
            value = sum
        }
        return value
    }

    private func mismatch(_ wanted: String) -> DecodingError {
        .dataCorrupted(
            .init(
                codingPath: [],
                debugDescription: isNull ? "It is NULL." : "It is not \(wanted)."))
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { self }

    func container<Key: CodingKey>(
        keyedBy type: Key.Type
    ) throws -> KeyedDecodingContainer<Key> { throw mismatch("JSON") }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        throw mismatch("an array of a built-in type; cast it to text[]")
    }
}
