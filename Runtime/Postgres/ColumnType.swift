internal import CPostgres
internal import FunctionRuntime

/// A type of PostgreSQL by its OID, which is fixed for built-in types (`pg_type.dat`).
struct ColumnType: RawRepresentable, Hashable {
    let rawValue: Oid

    static let bool = ColumnType(rawValue: 16)
    static let bytea = ColumnType(rawValue: 17)
    static let int8 = ColumnType(rawValue: 20)
    static let int2 = ColumnType(rawValue: 21)
    static let int4 = ColumnType(rawValue: 23)
    static let oid = ColumnType(rawValue: 26)
    static let json = ColumnType(rawValue: 114)
    static let float4 = ColumnType(rawValue: 700)
    static let float8 = ColumnType(rawValue: 701)
    static let jsonb = ColumnType(rawValue: 3802)

    /// The type of an array's elements; nil for what is no built-in array.
    var element: ColumnType? { Self.elements[self] }

    /// Whether its values have an inside.
    var isComposite: Bool { self == .json || self == .jsonb || self == .bytea || element != nil }

    /// Arrays of text and of all that is read like text name `text`, 25.
    private static let elements: [ColumnType: ColumnType] = [
        .init(rawValue: 1000): bool, .init(rawValue: 1001): bytea, .init(rawValue: 1005): int2,
        .init(rawValue: 1007): int4, .init(rawValue: 1016): int8, .init(rawValue: 1028): oid,
        .init(rawValue: 199): json, .init(rawValue: 1021): float4, .init(rawValue: 1022): float8,
        .init(rawValue: 3807): jsonb,
        .init(rawValue: 1009): .init(rawValue: 25), .init(rawValue: 1014): .init(rawValue: 25),
        .init(rawValue: 1015): .init(rawValue: 25), .init(rawValue: 1115): .init(rawValue: 25),
        .init(rawValue: 1182): .init(rawValue: 25), .init(rawValue: 1185): .init(rawValue: 25),
        .init(rawValue: 1231): .init(rawValue: 25), .init(rawValue: 2951): .init(rawValue: 25),
    ]
}

extension ColumnType {
    /// The JSON of a value that PostgreSQL printed.
    ///
    /// `numeric` stays a string, as ``Fixed`` is one in JSON; so does every type that JSON has no
    /// kind for.
    func json(of text: UnsafeBufferPointer<UInt8>) throws -> JSON {
        switch self {
        case .bool: return .bool(text.first == UInt8(ascii: "t"))
        case .int2, .int4, .int8, .oid: return .number(String(decoding: text, as: UTF8.self))
        case .float4, .float8:
            let number = String(decoding: text, as: UTF8.self)
            // JSON has no NaN and no Infinity.
            return text.last.map { (0x30...0x39).contains($0) } == true
                ? .number(number) : .string(number)
        case .json, .jsonb: return try JSON(parsing: Array(text))
        case .bytea: return .array(Self.bytes(text).map { .number(String($0)) })
        default:
            guard let element else { return .string(String(decoding: text, as: UTF8.self)) }
            return try ArrayLiteral.json(of: text, element: element)
        }
    }

    /// The bytes of `\x…`, PostgreSQL's default output of `bytea`.
    static func bytes(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        func digit(_ byte: UInt8) -> UInt8 { byte <= 0x39 ? byte - 0x30 : byte - 0x57 }
        return stride(from: 2, to: text.count - 1, by: 2).map {
            digit(text[$0]) << 4 | digit(text[$0 + 1])
        }
    }
}
