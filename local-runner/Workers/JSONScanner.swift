/// Where and why a line is not what it must be.
struct ScanError: Error, CustomStringConvertible {
    var problem: String
    var offset: Int

    var description: String { "at byte \(offset), \(problem)" }
}

/// Walks JSON in memory without building anything: it checks, and says where things are.
struct JSONScanner {
    /// A string: where its inside is, and what it takes to use it.
    struct Text {
        /// Without the quotes.
        var range: Range<Int>
        /// In bytes, once escapes are resolved.
        var length: Int
        /// Whether the inside stands for itself.
        var isPlain: Bool { length == range.count }
    }

    static let depthLimit = 256

    let bytes: UnsafeRawBufferPointer
    private(set) var position = 0
    private var depth = 0

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    func error(_ problem: String) -> ScanError {
        ScanError(problem: problem, offset: position)
    }

    mutating func end() throws {
        skipSpace()
        guard position == bytes.count else { throw error("something follows the object") }
    }

    /// The next byte that is not white space, not yet passed.
    mutating func next() throws -> UInt8 {
        skipSpace()
        guard position < bytes.count else { throw error("the line ends too early") }
        return bytes[position]
    }

    /// Walks an object; `member` must pass over each value.
    mutating func object(_ member: (inout JSONScanner, Text) throws -> Void) throws {
        try nested(UInt8(ascii: "{"), UInt8(ascii: "}"), "an object") { scanner in
            let name = try scanner.text()
            guard try scanner.next() == UInt8(ascii: ":") else {
                throw scanner.error("a colon was expected")
            }
            scanner.position += 1
            try member(&scanner, name)
        }
    }

    /// Walks an array; `element` must pass over each value.
    mutating func array(_ element: (inout JSONScanner) throws -> Void) throws {
        try nested(UInt8(ascii: "["), UInt8(ascii: "]"), "an array", element)
    }

    mutating func text() throws -> Text {
        guard try next() == UInt8(ascii: "\"") else { throw error("a string was expected") }
        position += 1
        let start = position
        var saved = 0
        while true {
            position += JSONString.plainRun(bytes, from: position)
            guard position < bytes.count else { throw error("the line ends within a string") }
            switch bytes[position] {
            case UInt8(ascii: "\""):
                let range = start..<position
                guard JSONString.isUTF8(UnsafeRawBufferPointer(rebasing: bytes[range])) else {
                    throw error("a string is not UTF-8")
                }
                position += 1
                return Text(range: range, length: range.count - saved)
            case UInt8(ascii: "\\"):
                guard let escape = JSONEscape(bytes, at: position) else {
                    throw error("an escape is malformed")
                }
                saved += escape.length - UTF8.width(escape.scalar)
                position += escape.length
            default:
                throw error("a control character stands in a string")
            }
        }
    }

    /// Digits alone, at most nine.
    mutating func wholeNumber() throws -> Int {
        _ = try next()
        let start = position
        while position < bytes.count, (0x30...0x39).contains(bytes[position]) { position += 1 }
        let digits = UnsafeRawBufferPointer(rebasing: bytes[start..<position])
        guard digits.count < 10, let number = FieldSyntax.number(digits) else {
            throw error("a whole number was expected")
        }
        return number
    }

    /// Passes over any value.
    mutating func value() throws -> Range<Int> {
        let first = try next()
        let start = position
        switch first {
        case UInt8(ascii: "\""): _ = try text()
        case UInt8(ascii: "{"): try object { scanner, _ in _ = try scanner.value() }
        case UInt8(ascii: "["): try array { scanner in _ = try scanner.value() }
        default: try word()
        }
        return start..<position
    }

    private mutating func word() throws {
        let start = position
        while position < bytes.count, !",]} \t\r\n".utf8.contains(bytes[position]) { position += 1 }
        let word = String(decoding: bytes[start..<position], as: UTF8.self)
        let isNumber = word.utf8.allSatisfy { "0123456789+-.eE".utf8.contains($0) }
        guard ["true", "false", "null"].contains(word) || isNumber && Double(word) != nil else {
            throw error("a value was expected")
        }
    }

    private mutating func nested(
        _ opening: UInt8, _ closing: UInt8, _ kind: String,
        _ element: (inout JSONScanner) throws -> Void
    ) throws {
        guard try next() == opening else { throw error("\(kind) was expected") }
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else { throw error("values are nested too deep") }
        position += 1
        if try next() == closing {
            position += 1
            return
        }
        while true {
            try element(&self)
            let byte = try next()
            guard byte == UInt8(ascii: ",") || byte == closing else {
                throw error("a comma or \"\(Unicode.Scalar(closing))\" was expected")
            }
            position += 1
            if byte == closing { return }
        }
    }

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0D, 0x0A: position += 1
            default: return
            }
        }
    }
}
