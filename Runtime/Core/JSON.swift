/// A JSON value (RFC 8259).
///
/// Numbers keep their text, so that no digit is lost; members keep their order.
public enum JSON: Sendable, Equatable {
    case null
    case bool(Bool)
    case number(String)
    case string(String)
    case array([JSON])
    case object([Member])

    /// A name and its value.
    public struct Member: Sendable, Equatable {
        public var name: String
        public var value: JSON

        public init(_ name: String, _ value: JSON) {
            self.name = name
            self.value = value
        }
    }

    /// The value of a member, of several with one name the last; nil where there is none.
    public subscript(name: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.name == name }?.value
    }

    /// The text of a string; nil for every other kind.
    public var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// The text of a string, or of a number as it was written.
    var scalarText: String? {
        switch self {
        case .string(let text), .number(let text): text
        default: nil
        }
    }

    /// What kind of value this is, with its article, for error messages.
    var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

extension JSON {
    /// Reads exactly one value, white space around it aside.
    ///
    /// - Throws: ``JSONError`` for anything that RFC 8259 does not allow.
    public init(parsing text: String) throws {
        self = try JSON(parsing: Array(text.utf8))
    }

    /// Reads exactly one value from UTF-8, white space around it aside.
    ///
    /// - Throws: ``JSONError`` for anything that RFC 8259 does not allow.
    public init(parsing bytes: [UInt8]) throws {
        self = try bytes.withUnsafeBufferPointer { buffer in
            var parser = JSONParser(buffer)
            let value = try parser.value()
            try parser.end()
            return value
        }
    }

    /// The JSON of a value.
    public init(encoding value: some Encodable) throws {
        self = try JSON(parsing: try JSONEncoder.bytes(of: value))
    }

    /// Decodes a type, noting every field that is wrong rather than the first.
    ///
    /// - Parameters:
    ///   - type: what it is decoded into.
    ///   - lenient: whether a string is taken where a number or a boolean is wanted, as in a query
    ///     string or a column that came as text.
    /// - Returns: the value.
    /// - Throws: ``Failure/invalid(_:)`` with one entry a field.
    public func decode<Value: Decodable>(
        as type: Value.Type = Value.self, lenient: Bool = false
    ) throws -> Value {
        let report = ValueDecoder.Report(lenient: lenient)
        do {
            let value = try ValueDecoder(self, report: report).decode(type)
            guard report.details.isEmpty else { throw Failure.invalid(report.details) }
            return value
        } catch is DecodingError {
            throw Failure.invalid(report.details)
        }
    }

    /// The value as UTF-8, without white space.
    public var bytes: [UInt8] {
        var writer = JSONWriter()
        writer.write(self)
        return writer.bytes
    }
}

extension JSON: Codable {
    public init(from decoder: any Decoder) throws {
        self = try decoder.constrained(Schema(), placeholder: .null) { $0 }
    }

    public func encode(to encoder: any Encoder) throws {
        if let encoder = encoder as? JSONEncoder {
            encoder.output.writer.write(self)
            return
        }
        switch self {
        case .null:
            var container = encoder.singleValueContainer()
            try container.encodeNil()
        case .bool(let value): try value.encode(to: encoder)
        case .number(let text), .string(let text): try text.encode(to: encoder)
        case .array(let values): try values.encode(to: encoder)
        case .object(let members):
            try Dictionary(members.map { ($0.name, $0.value) }) { $1 }.encode(to: encoder)
        }
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByNilLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int) { self = .number(String(value)) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(nilLiteral: ()) { self = .null }
    public init(arrayLiteral elements: JSON...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(elements.map(Member.init))
    }
}
