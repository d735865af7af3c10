/// Writes JSON as UTF-8 into one growing buffer, without white space.
///
/// What a handler encodes is written as it comes, with no tree between. A container does not say
/// when it ends; so each remembers its depth, and writing at a depth closes what is deeper.
struct JSONWriter {
    private(set) var bytes: [UInt8] = []
    /// What closes each container that is open.
    private var open: [UInt8] = []

    var depth: Int { open.count }

    mutating func write(_ value: JSON) {
        switch value {
        case .null: raw("null")
        case .bool(let value): raw(value ? "true" : "false")
        case .number(let text): raw(text)
        case .string(let text): string(text)
        case .array(let values):
            let depth = begin(UInt8(ascii: "["), UInt8(ascii: "]"))
            for value in values {
                element(at: depth)
                write(value)
            }
            close(to: depth - 1)
        case .object(let members):
            let depth = begin(UInt8(ascii: "{"), UInt8(ascii: "}"))
            for member in members {
                name(member.name, at: depth)
                write(member.value)
            }
            close(to: depth - 1)
        }
    }

    /// Opens an object or an array, and gives its depth.
    mutating func begin(_ opening: UInt8, _ closing: UInt8) -> Int {
        bytes.append(opening)
        open.append(closing)
        return open.count
    }

    /// Makes place for the next element of the container at a depth.
    mutating func element(at depth: Int) {
        close(to: depth)
        // Only an opening bracket can stand before a first element, and before no other.
        guard let last = bytes.last, last != UInt8(ascii: "["), last != UInt8(ascii: "{") else {
            return
        }
        bytes.append(UInt8(ascii: ","))
    }

    /// Writes the name of the next member of the object at a depth.
    mutating func name(_ name: String, at depth: Int) {
        element(at: depth)
        string(name)
        bytes.append(UInt8(ascii: ":"))
    }

    /// Closes every container that is deeper than a depth.
    mutating func close(to depth: Int) {
        while open.count > depth { bytes.append(open.removeLast()) }
    }

    mutating func number(_ value: some FixedWidthInteger) {
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        var rest = value.magnitude
        let start = bytes.count
        repeat {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0
        bytes[start...].reverse()
    }

    mutating func raw(_ text: String) {
        bytes += text.utf8
    }

    mutating func raw(_ text: [UInt8]) {
        bytes += text
    }

    mutating func string(_ text: String) {
        var text = text
        text.withUTF8 { string($0) }
    }

    /// Writes UTF-8 as a string, escaping what RFC 8259 §7 requires and no more.
    mutating func string(_ text: UnsafeBufferPointer<UInt8>) {
        bytes.append(UInt8(ascii: "\""))
        var start = 0
        for index in text.indices where Self.mustEscape(text[index]) {
            bytes += text[start..<index]
            escape(text[index])
            start = index + 1
        }
        bytes += text[start...]
        bytes.append(UInt8(ascii: "\""))
    }

    private static func mustEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private mutating func escape(_ byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        default:
            let digits = Array("0123456789abcdef".utf8)
            raw("u00")
            bytes.append(digits[Int(byte >> 4)])
            bytes.append(digits[Int(byte & 15)])
        }
    }
}

/// Encodes any `Encodable` into a ``JSONWriter``.
struct JSONEncoder: Encoder {
    /// What all encoders of one document write to.
    final class Output {
        var writer = JSONWriter()
    }

    let output: Output
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    /// The JSON of a value.
    static func bytes(of value: some Encodable) throws -> [UInt8] {
        let output = Output()
        try value.encode(to: JSONEncoder(output: output))
        output.writer.close(to: 0)
        return output.writer.bytes
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        let depth = output.writer.begin(UInt8(ascii: "{"), UInt8(ascii: "}"))
        return KeyedEncodingContainer(Keyed(encoder: self, depth: depth))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        Unkeyed(encoder: self, depth: output.writer.begin(UInt8(ascii: "["), UInt8(ascii: "]")))
    }

    func singleValueContainer() -> any SingleValueEncodingContainer {
        Single(encoder: self)
    }

    private struct Keyed<Key: CodingKey>: KeyedEncodingContainerProtocol {
        let encoder: JSONEncoder
        let depth: Int
        var codingPath: [any CodingKey] { [] }

        private func name(_ key: Key) {
            encoder.output.writer.name(key.stringValue, at: depth)
        }

        func encodeNil(forKey key: Key) {
            name(key)
            encoder.output.writer.raw("null")
        }

        func encode(_ value: some Encodable, forKey key: Key) throws {
            name(key)
            try value.encode(to: encoder)
        }

        /// Writes an absent value as null, so that every answer has the same members.
        ///
        /// The protocol leaves it out by default, for each of these types apart.
        private func orNull(_ value: (some Encodable)?, _ key: Key) throws {
            guard let value else { return encodeNil(forKey: key) }
            try encode(value, forKey: key)
        }

        func encodeIfPresent(_ value: Bool?, forKey key: Key) throws { try orNull(value, key) }
        func encodeIfPresent(_ value: String?, forKey key: Key) throws { try orNull(value, key) }
        func encodeIfPresent(_ value: Double?, forKey key: Key) throws { try orNull(value, key) }
        func encodeIfPresent(_ value: Float?, forKey key: Key) throws { try orNull(value, key) }
        func encodeIfPresent(_ value: Int?, forKey key: Key) throws { try orNull(value, key) }
        func encodeIfPresent(_ value: Int8?, forKey key: Key) throws { try orNull(value, key) }
        func encodeIfPresent(_ value: Int16?, forKey key: Key) throws { try orNull(value, key) }
        func encodeIfPresent(_ value: Int32?, forKey key: Key) throws { try orNull(value, key) }
        func encodeIfPresent(_ value: Int64?, forKey key: Key) throws { try orNull(value, key) }
        func encodeIfPresent(_ value: UInt?, forKey key: Key) throws { try orNull(value, key) }
        func encodeIfPresent(_ value: UInt8?, forKey key: Key) throws { try orNull(value, key) }
        func encodeIfPresent(_ value: UInt16?, forKey key: Key) throws { try orNull(value, key) }
        func encodeIfPresent(_ value: UInt32?, forKey key: Key) throws { try orNull(value, key) }
        func encodeIfPresent(_ value: UInt64?, forKey key: Key) throws { try orNull(value, key) }
        func encodeIfPresent(_ value: (some Encodable)?, forKey key: Key) throws {
            try orNull(value, key)
        }

        func nestedContainer<Nested: CodingKey>(
            keyedBy type: Nested.Type, forKey key: Key
        ) -> KeyedEncodingContainer<Nested> {
            name(key)
            return encoder.container(keyedBy: type)
        }

        func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
            name(key)
            return encoder.unkeyedContainer()
        }

        func superEncoder() -> any Encoder {
            encoder.output.writer.name("super", at: depth)
            return encoder
        }

        func superEncoder(forKey key: Key) -> any Encoder {
            name(key)
            return encoder
        }
    }

    private struct Unkeyed: UnkeyedEncodingContainer {
        let encoder: JSONEncoder
        let depth: Int
        var codingPath: [any CodingKey] { [] }
        var count = 0

        private mutating func next() {
            encoder.output.writer.element(at: depth)
            count += 1
        }

        mutating func encodeNil() {
            next()
            encoder.output.writer.raw("null")
        }

        mutating func encode(_ value: some Encodable) throws {
            next()
            try value.encode(to: encoder)
        }

        mutating func nestedContainer<Nested: CodingKey>(
            keyedBy type: Nested.Type
        ) -> KeyedEncodingContainer<Nested> {
            next()
            return encoder.container(keyedBy: type)
        }

        mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
            next()
            return encoder.unkeyedContainer()
        }

        mutating func superEncoder() -> any Encoder {
            next()
            return encoder
        }
    }

    private struct Single: SingleValueEncodingContainer {
        let encoder: JSONEncoder
        var codingPath: [any CodingKey] { [] }

        private func raw(_ text: String) { encoder.output.writer.raw(text) }

        private func finite(_ value: Double, _ text: String) throws {
            guard value.isFinite else {
                throw EncodingError.invalidValue(
                    value, .init(codingPath: [], debugDescription: "JSON has no \(text)"))
            }
            raw(text)
        }

        func encodeNil() { raw("null") }
        func encode(_ value: Bool) { raw(value ? "true" : "false") }
        func encode(_ value: String) { encoder.output.writer.string(value) }
        func encode(_ value: Double) throws { try finite(value, String(value)) }
        func encode(_ value: Float) throws { try finite(Double(value), String(value)) }
        func encode(_ value: Int) { encoder.output.writer.number(value) }
        func encode(_ value: Int8) { encoder.output.writer.number(value) }
        func encode(_ value: Int16) { encoder.output.writer.number(value) }
        func encode(_ value: Int32) { encoder.output.writer.number(value) }
        func encode(_ value: Int64) { encoder.output.writer.number(value) }
        func encode(_ value: UInt) { encoder.output.writer.number(value) }
        func encode(_ value: UInt8) { encoder.output.writer.number(value) }
        func encode(_ value: UInt16) { encoder.output.writer.number(value) }
        func encode(_ value: UInt32) { encoder.output.writer.number(value) }
        func encode(_ value: UInt64) { encoder.output.writer.number(value) }
        func encode(_ value: some Encodable) throws { try value.encode(to: encoder) }
    }
}
