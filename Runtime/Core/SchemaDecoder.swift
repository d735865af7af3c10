/// Decodes any type from nothing: every field gets a placeholder, and its schema is noted.
///
/// It makes the schemas of `--describe`, and stands in where a field of an input is missing, so
/// that decoding goes on and the other fields are checked too.
///
/// A type may hold itself, in an array or an optional; below some depth these are left empty.
final class SchemaDecoder: Decoder {
    private static let depthLimit = 8

    var schema = Schema()
    private var depth = 0
    /// The field that a type asked for before it decoded it: only one that may be missing is.
    private var optional: String?
    private var isDeep: Bool { depth >= Self.depthLimit }
    let codingPath: [any CodingKey] = []
    let userInfo: [CodingUserInfoKey: Any] = [:]

    /// Decodes a type from placeholders.
    ///
    /// An enumeration refuses its placeholder; its first case stands in, and its cases are the
    /// allowed values.
    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        do {
            return try type.init(from: self)
        } catch let error as DecodingError {
            guard let cases = Self.cases(of: type), let first = cases.first as? Value else {
                throw error
            }
            // The raw value's own type was noted when the enumeration read its placeholder.
            let isText = schema.type == "string"
            schema.values = cases.compactMap { $0 as? any RawRepresentable }.map {
                isText ? .string("\($0.rawValue)") : .number("\($0.rawValue)")
            }
            return first
        }
    }

    /// The decoder of a part, one step deeper.
    private func child() -> SchemaDecoder {
        let child = SchemaDecoder()
        child.depth = depth + 1
        return child
    }

    private static func cases(of type: Any.Type) -> [Any]? {
        func all(_ type: (some CaseIterable).Type) -> [Any] { Array(type.allCases) }
        return (type as? any CaseIterable.Type).map { all($0) }
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
        schema.type = "object"
        return KeyedDecodingContainer(Keyed(decoder: self))
    }

    func unkeyedContainer() -> any UnkeyedDecodingContainer {
        schema.type = "array"
        return Unkeyed(decoder: self)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer {
        Single(decoder: self)
    }

    private struct Keyed<Key: CodingKey>: KeyedDecodingContainerProtocol {
        let decoder: SchemaDecoder
        var codingPath: [any CodingKey] { [] }
        var allKeys: [Key] { [] }

        func contains(_ key: Key) -> Bool {
            decoder.optional = key.stringValue
            return !decoder.isDeep
        }

        func decodeNil(forKey key: Key) -> Bool { false }

        func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
            let child = decoder.child()
            let isRequired = decoder.optional != key.stringValue
            defer {
                decoder.schema.properties.append(
                    .init(name: key.stringValue, schema: child.schema, isRequired: isRequired))
            }
            return try child.decode(type)
        }

        func nestedContainer<Nested: CodingKey>(
            keyedBy type: Nested.Type, forKey key: Key
        ) -> KeyedDecodingContainer<Nested> { decoder.child().container(keyedBy: type) }

        func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedDecodingContainer {
            decoder.child().unkeyedContainer()
        }

        func superDecoder() -> any Decoder { decoder.child() }
        func superDecoder(forKey key: Key) -> any Decoder { decoder.child() }
    }

    /// An array of one element.
    private struct Unkeyed: UnkeyedDecodingContainer {
        let decoder: SchemaDecoder
        var codingPath: [any CodingKey] { [] }
        var count: Int? { decoder.isDeep ? 0 : 1 }
        var isAtEnd: Bool { currentIndex == count }
        var currentIndex = 0

        mutating func decodeNil() -> Bool { false }

        mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
            currentIndex = 1
            let child = decoder.child()
            defer { decoder.schema.items = [child.schema] }
            return try child.decode(type)
        }

        mutating func nestedContainer<Nested: CodingKey>(
            keyedBy type: Nested.Type
        ) -> KeyedDecodingContainer<Nested> { decoder.child().container(keyedBy: type) }

        mutating func nestedUnkeyedContainer() -> any UnkeyedDecodingContainer {
            decoder.child().unkeyedContainer()
        }

        mutating func superDecoder() -> any Decoder { decoder.child() }
    }

    private struct Single: SingleValueDecodingContainer {
        let decoder: SchemaDecoder
        var codingPath: [any CodingKey] { [] }

        private func note<Value>(_ type: String, _ placeholder: Value) -> Value {
            decoder.schema.type = type
            return placeholder
        }

        func decodeNil() -> Bool { false }
        func decode(_ type: Bool.Type) -> Bool { note("boolean", false) }
        func decode(_ type: String.Type) -> String { note("string", "") }
        func decode(_ type: Double.Type) -> Double { note("number", 0) }
        func decode(_ type: Float.Type) -> Float { note("number", 0) }
        func decode(_ type: Int.Type) -> Int { note("integer", 0) }
        func decode(_ type: Int8.Type) -> Int8 { note("integer", 0) }
        func decode(_ type: Int16.Type) -> Int16 { note("integer", 0) }
        func decode(_ type: Int32.Type) -> Int32 { note("integer", 0) }
        func decode(_ type: Int64.Type) -> Int64 { note("integer", 0) }
        func decode(_ type: UInt.Type) -> UInt { note("integer", 0) }
        func decode(_ type: UInt8.Type) -> UInt8 { note("integer", 0) }
        func decode(_ type: UInt16.Type) -> UInt16 { note("integer", 0) }
        func decode(_ type: UInt32.Type) -> UInt32 { note("integer", 0) }
        func decode(_ type: UInt64.Type) -> UInt64 { note("integer", 0) }
        func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
            try decoder.decode(type)
        }
    }
}
