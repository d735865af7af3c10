internal import CPostgres

/// A value in the form in which it goes to PostgreSQL.
public indirect enum SQLValue: Sendable, Equatable {
    case null
    /// Text of whatever type its place in the statement has.
    case text(String)
    /// `bytea`.
    case bytes([UInt8])
    /// `jsonb`, as UTF-8.
    case json([UInt8])
    case array([SQLValue])

    /// The type that is declared to PostgreSQL; 0 lets it infer one.
    ///
    /// Inference would be wrong for two: bytes go in binary, which only a `bytea` reads rightly,
    /// and `\(json) -> 'name'` would be taken for an operator on text.
    var type: Oid {
        switch self {
        case .bytes: ColumnType.bytea.rawValue
        case .json: ColumnType.jsonb.rawValue
        case .null, .text, .array: 0
        }
    }

    var isBinary: Bool {
        if case .bytes = self { true } else { false }
    }

    /// Appends the value as it goes over the wire; NULL is nothing.
    func write(to bytes: inout [UInt8]) {
        switch self {
        case .null: break
        case .text(let text): bytes += text.utf8
        case .bytes(let value), .json(let value): bytes += value
        case .array(let elements): Self.write(elements, to: &bytes)
        }
    }

    /// An array literal (PostgreSQL's manual, §8.15.2).
    ///
    /// Every element is quoted, so that neither `NULL` nor an empty string nor any delimiter in it
    /// means anything.
    private static func write(_ elements: [SQLValue], to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "{"))
        for (index, element) in elements.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            switch element {
            case .null: bytes += "NULL".utf8
            case .array(let inner): write(inner, to: &bytes)
            case .text(let text): quote(text.utf8, to: &bytes)
            case .json(let value): quote(value, to: &bytes)
            case .bytes(let value): quote(hexadecimal(value), to: &bytes)
            }
        }
        bytes.append(UInt8(ascii: "}"))
    }

    private static func quote(_ text: some Sequence<UInt8>, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                bytes.append(UInt8(ascii: "\\"))
            }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// The hex format of `bytea` (§8.4.1).
    private static func hexadecimal(_ value: [UInt8]) -> [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        return Array("\\x".utf8) + value.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    }
}
