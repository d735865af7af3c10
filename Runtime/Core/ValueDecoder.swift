/// Decodes a ``JSON`` value, and notes every field that is wrong rather than the first.
///
/// Where a field is missing or breaks its constraint, the fault is noted and a placeholder takes
/// its place, so that decoding goes on. Whoever started it throws what was noted
/// (``JSON/decode(as:lenient:)``), so a placeholder never reaches a handler.
final class ValueDecoder: Decoder {
    /// What was found wrong so far.
    final class Report {
        /// Whether a string may stand for a number or a boolean.
        let lenient: Bool
        var details: [Failure.Detail] = []

        init(lenient: Bool) {
            self.lenient = lenient
        }
    }

    let value: JSON
    /// Where the value stands: its key, and the decoder of what holds it.
    ///
    /// Nearly no path is ever asked for, so none is made beforehand.
    private let place: (key: String, parent: ValueDecoder)?
    let report: Report
    let userInfo: [CodingUserInfoKey: Any] = [:]
    private var path: [String] { place.map { $0.parent.path + [$0.key] } ?? [] }
    var codingPath: [any CodingKey] { path.map { PathKey(stringValue: $0) } }

    init(_ value: JSON, report: Report, at place: (key: String, parent: ValueDecoder)? = nil) {
        self.value = value
        self.place = place
        self.report = report
    }

    /// Decodes a type; an enumeration that has no such case is noted with those that it has.
    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        let noted = report.details.count
        do {
            return try type.init(from: self)
        } catch let error as DecodingError {
            let placeholders = SchemaDecoder()
            let placeholder = try? placeholders.decode(type)
            if report.details.count == noted {
                let values = placeholders.schema.values.map { $0.scalarText ?? "" }
                refuse(
                    values.isEmpty
                        ? "Has a form that is not accepted."
                        : "Must be one of: \(values.joined(separator: ", ")).")
            }
            guard let placeholder else { throw error }
            return placeholder
        }
    }

    /// Notes that this value is not what it must be.
    func refuse(_ message: String) {
        // A value of the wrong kind is refused once, though its parts were refused too.
        let path = path.joined(separator: ".")
        if report.details.last?.path != path {
            report.details.append(.init(path: path, message: message))
        }
    }

    fileprivate func child(_ key: String, _ value: JSON) -> ValueDecoder {
        ValueDecoder(value, report: report, at: (key, self))
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
        guard case .object = value else {
            refuse("Must be an object, not \(value.kind).")
            return SchemaDecoder().container(keyedBy: type)
        }
        return KeyedDecodingContainer(Keyed(decoder: self))
    }

    func unkeyedContainer() -> any UnkeyedDecodingContainer {
        guard case .array(let values) = value else {
            refuse("Must be an array, not \(value.kind).")
            return Unkeyed(decoder: self, values: [])
        }
        return Unkeyed(decoder: self, values: values)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer {
        Single(decoder: self)
    }

    private struct Keyed<Key: CodingKey>: KeyedDecodingContainerProtocol {
        let decoder: ValueDecoder
        var codingPath: [any CodingKey] { decoder.codingPath }

        var allKeys: [Key] {
            guard case .object(let members) = decoder.value else { return [] }
            return members.compactMap { Key(stringValue: $0.name) }
        }

        func contains(_ key: Key) -> Bool { decoder.value[key.stringValue] != nil }
        func decodeNil(forKey key: Key) -> Bool { decoder.value[key.stringValue] == .null }

        func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
            guard let value = decoder.value[key.stringValue], value != .null else {
                decoder.child(key.stringValue, .null).refuse("Is required.")
                return try SchemaDecoder().decode(type)
            }
            return try decoder.child(key.stringValue, value).decode(type)
        }

        func nestedContainer<Nested: CodingKey>(
            keyedBy type: Nested.Type, forKey key: Key
        ) -> KeyedDecodingContainer<Nested> { nested(key).container(keyedBy: type) }

        func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedDecodingContainer {
            nested(key).unkeyedContainer()
        }

        func superDecoder() -> any Decoder { nested(PathKey(stringValue: "super")) }
        func superDecoder(forKey key: Key) -> any Decoder { nested(key) }

        private func nested(_ key: some CodingKey) -> ValueDecoder {
            decoder.child(key.stringValue, decoder.value[key.stringValue] ?? .null)
        }
    }

    private struct Unkeyed: UnkeyedDecodingContainer {
        let decoder: ValueDecoder
        let values: [JSON]
        var codingPath: [any CodingKey] { decoder.codingPath }
        var count: Int? { values.count }
        var isAtEnd: Bool { currentIndex >= values.count }
        var currentIndex = 0

        mutating func decodeNil() -> Bool {
            guard !isAtEnd, values[currentIndex] == .null else { return false }
            currentIndex += 1
            return true
        }

        mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
            try next().decode(type)
        }

        mutating func nestedContainer<Nested: CodingKey>(
            keyedBy type: Nested.Type
        ) throws -> KeyedDecodingContainer<Nested> { try next().container(keyedBy: type) }

        mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
            try next().unkeyedContainer()
        }

        mutating func superDecoder() throws -> any Decoder { try next() }

        private mutating func next() throws -> ValueDecoder {
            guard !isAtEnd else {
                throw DecodingError.valueNotFound(
                    JSON.self, .init(codingPath: codingPath, debugDescription: "No more elements"))
            }
            defer { currentIndex += 1 }
            return decoder.child(String(currentIndex), values[currentIndex])
        }
    }

    private struct Single: SingleValueDecodingContainer {
        let decoder: ValueDecoder
        var codingPath: [any CodingKey] { decoder.codingPath }

        func decodeNil() -> Bool { decoder.value == .null }

        func decode(_ type: String.Type) -> String {
            guard let text = decoder.value.text else {
                decoder.refuse("Must be a string, not \(decoder.value.kind).")
                return ""
            }
            return text
        }

        func decode(_ type: Bool.Type) -> Bool {
            switch decoder.value {
            case .bool(let value): return value
            case .string("true") where decoder.report.lenient: return true
            case .string("false") where decoder.report.lenient: return false
            default:
                decoder.refuse("Must be true or false.")
                return false
            }
        }

        private func whole<Value: FixedWidthInteger & LosslessStringConvertible>() -> Value {
            guard let text = decoder.numberText else {
                decoder.refuse("Must be a whole number.")
                return 0
            }
            guard let value = Value(text) else {
                decoder.refuse("Must be a whole number from \(Value.min) to \(Value.max).")
                return 0
            }
            return value
        }

        private func number<Value: BinaryFloatingPoint & LosslessStringConvertible>() -> Value {
            guard let value = decoder.numberText.flatMap(Value.init), value.isFinite else {
                decoder.refuse("Must be a number.")
                return 0
            }
            return value
        }

        func decode(_ type: Double.Type) -> Double { number() }
        func decode(_ type: Float.Type) -> Float { number() }
        func decode(_ type: Int.Type) -> Int { whole() }
        func decode(_ type: Int8.Type) -> Int8 { whole() }
        func decode(_ type: Int16.Type) -> Int16 { whole() }
        func decode(_ type: Int32.Type) -> Int32 { whole() }
        func decode(_ type: Int64.Type) -> Int64 { whole() }
        func decode(_ type: UInt.Type) -> UInt { whole() }
        func decode(_ type: UInt8.Type) -> UInt8 { whole() }
        func decode(_ type: UInt16.Type) -> UInt16 { whole() }
        func decode(_ type: UInt32.Type) -> UInt32 { whole() }
        func decode(_ type: UInt64.Type) -> UInt64 { whole() }
        func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
            try decoder.decode(type)
        }
    }

    /// The digits of a number, or where leniency allows of a string that is no `nan` nor `0x1p3`.
    var numberText: String? {
        switch value {
        case .number(let text): text
        case .string(let text) where report.lenient:
            text.utf8.allSatisfy { "0123456789+-.eE".utf8.contains($0) } ? text : nil
        default: nil
        }
    }
}

private struct PathKey: CodingKey {
    let stringValue: String
    var intValue: Int? { Int(stringValue) }

    init(stringValue: String) {
        self.stringValue = stringValue
    }

    init(intValue: Int) {
        stringValue = String(intValue)
    }
}
