internal import FunctionRuntime

/// Reads arrays as PostgreSQL prints them (§8.15.6 of its manual): `{1,NULL,"a \"b\"",{…}}`, after
/// bounds such as `[0:2]=` where they do not begin at one.
struct ArrayLiteral {
    private let text: UnsafeBufferPointer<UInt8>
    private let element: ColumnType
    private var position = 0

    static func json(
        of text: UnsafeBufferPointer<UInt8>, element: ColumnType
    ) throws -> JSON {
        var reader = ArrayLiteral(text: text, element: element)
        if let start = text.firstIndex(of: UInt8(ascii: "{")) { reader.position = start }
        return try reader.array()
    }

    private init(text: UnsafeBufferPointer<UInt8>, element: ColumnType) {
        self.text = text
        self.element = element
    }

    private mutating func array() throws -> JSON {
        var values: [JSON] = []
        position += 1
        while position < text.count, text[position] != UInt8(ascii: "}") {
            switch text[position] {
            case UInt8(ascii: ","): position += 1
            case UInt8(ascii: "{"): values.append(try array())
            case UInt8(ascii: "\""): values.append(try quoted())
            default: values.append(try plain())
            }
        }
        position += 1
        return .array(values)
    }

    private mutating func quoted() throws -> JSON {
        var bytes: [UInt8] = []
        position += 1
        while position < text.count, text[position] != UInt8(ascii: "\"") {
            if text[position] == UInt8(ascii: "\\"), position + 1 < text.count { position += 1 }
            bytes.append(text[position])
            position += 1
        }
        position += 1
        return try bytes.withUnsafeBufferPointer { try element.json(of: $0) }
    }

    private mutating func plain() throws -> JSON {
        let start = position
        while position < text.count, text[position] != UInt8(ascii: ","),
            text[position] != UInt8(ascii: "}")
        { position += 1 }
        let bytes = UnsafeBufferPointer(rebasing: text[start..<position])
        return bytes.elementsEqual("NULL".utf8) ? .null : try element.json(of: bytes)
    }
}
