/// Reads JSON exactly as RFC 8259 has it: no trailing comma, no comment, no unquoted name, no
/// lone surrogate, no byte that is not UTF-8.
///
/// Written here because the parsers of Foundation let trailing commas pass, and linking them would
/// more than double what a function costs to start.
///
/// It works on borrowed memory and keeps no state but its place, so the hosts use it to read a
/// request's envelope without building a tree.
struct JSONParser {
    /// Deeper nesting is refused: it serves nobody, and recursion would exhaust the stack.
    static let depthLimit = 256

    private let bytes: UnsafeBufferPointer<UInt8>
    private(set) var position = 0
    private var depth = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    mutating func value() throws -> JSON {
        switch try next() {
        case UInt8(ascii: "{"):
            var members: [JSON.Member] = []
            try object { parser, name in members.append(.init(name, try parser.value())) }
            return .object(members)
        case UInt8(ascii: "["):
            var values: [JSON] = []
            try array { parser in values.append(try parser.value()) }
            return .array(values)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return .bool(try literal("true", true))
        case UInt8(ascii: "f"): return .bool(try literal("false", false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        default: return .number(try number())
        }
    }

    /// Walks an object; `member` must consume each member's value.
    mutating func object(
        _ member: (inout JSONParser, _ name: String) throws -> Void
    ) throws {
        try nested(UInt8(ascii: "}")) { parser in
            guard try parser.next() == UInt8(ascii: "\"") else {
                throw parser.error("a member's name in quotes was expected")
            }
            let name = try parser.string()
            guard try parser.next() == UInt8(ascii: ":") else {
                throw parser.error("a colon was expected after the name \"\(name)\"")
            }
            parser.position += 1
            try member(&parser, name)
        }
    }

    /// Walks an array; `element` must consume each value.
    mutating func array(_ element: (inout JSONParser) throws -> Void) throws {
        try nested(UInt8(ascii: "]"), element)
    }

    /// Passes over one value, and gives the bytes that it takes.
    mutating func slice() throws -> UnsafeRawBufferPointer {
        _ = try next()
        let start = position
        try skip()
        return UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[start..<position])
    }

    /// Passes over one value, checked like any other and not kept.
    private mutating func skip() throws {
        switch try next() {
        case UInt8(ascii: "{"): try object { parser, _ in try parser.skip() }
        case UInt8(ascii: "["): try array { parser in try parser.skip() }
        default: _ = try value()
        }
    }

    /// Requires that nothing but white space is left.
    mutating func end() throws {
        skipSpace()
        guard position == bytes.count else { throw error("nothing was expected after the value") }
    }

    func error(_ problem: String) -> JSONError {
        JSONError(problem: problem, offset: position)
    }

    private mutating func nested(
        _ closing: UInt8, _ element: (inout JSONParser) throws -> Void
    ) throws {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else {
            throw error("values are nested more than \(Self.depthLimit) deep")
        }
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
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    /// The next byte that is not white space, not yet consumed.
    private mutating func next() throws -> UInt8 {
        skipSpace()
        guard position < bytes.count else { throw error("the text ends too early") }
        return bytes[position]
    }

    private mutating func literal<Value>(_ word: StaticString, _ value: Value) throws -> Value {
        let end = position + word.utf8CodeUnitCount
        guard end <= bytes.count,
            UnsafeBufferPointer(rebasing: bytes[position..<end]).elementsEqual(
                UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
        else { throw error("\(word) was expected") }
        position = end
        return value
    }

    private mutating func number() throws -> String {
        let start = position
        if at(UInt8(ascii: "-")) { position += 1 }
        if at(UInt8(ascii: "0")) { position += 1 } else { try digits() }
        if at(UInt8(ascii: ".")) {
            position += 1
            try digits()
        }
        if at(UInt8(ascii: "e")) || at(UInt8(ascii: "E")) {
            position += 1
            if at(UInt8(ascii: "+")) || at(UInt8(ascii: "-")) { position += 1 }
            try digits()
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private func at(_ byte: UInt8) -> Bool {
        position < bytes.count && bytes[position] == byte
    }

    private mutating func digits() throws {
        let start = position
        while position < bytes.count, (0x30...0x39).contains(bytes[position]) { position += 1 }
        guard position > start else { throw error("a value was expected") }
    }

    /// A string, from its opening quote past its closing one.
    mutating func string() throws -> String {
        position += 1
        var start = position
        var unescaped: [UInt8] = []
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                defer { position += 1 }
                let rest = bytes[start..<position]
                if unescaped.isEmpty { return try text(UnsafeBufferPointer(rebasing: rest)) }
                unescaped += rest
                return try unescaped.withUnsafeBufferPointer { try text($0) }
            case UInt8(ascii: "\\"):
                unescaped += bytes[start..<position]
                try escape(into: &unescaped)
                start = position
            case 0..<0x20:
                throw error("a control character in a string must be escaped")
            default:
                position += 1
            }
        }
        throw error("the text ends within a string")
    }

    private func text(_ bytes: UnsafeBufferPointer<UInt8>) throws -> String {
        guard let text = try? UTF8Span(validating: bytes.span) else {
            throw error("a string is not UTF-8")
        }
        return String(copying: text)
    }

    private mutating func escape(into text: inout [UInt8]) throws {
        guard position + 1 < bytes.count else { throw error("the text ends within a string") }
        let letter = bytes[position + 1]
        position += 2
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(letter)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): text += UTF8.encode(try scalar()).map { Array($0) } ?? []
        default:
            position -= 2
            throw error("there is no such escape in a string")
        }
    }

    /// The scalar of a `\uXXXX`, or of a pair of surrogates, from behind the `u`.
    private mutating func scalar() throws -> Unicode.Scalar {
        var value = try hexadecimal()
        if (0xD800..<0xDC00).contains(value), at(UInt8(ascii: "\\")), position + 1 < bytes.count,
            bytes[position + 1] == UInt8(ascii: "u")
        {
            position += 2
            let low = try hexadecimal()
            guard (0xDC00..<0xE000).contains(low) else { throw loneSurrogate }
            value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(value) else { throw loneSurrogate }
        return scalar
    }

    private var loneSurrogate: JSONError {
        error("a surrogate stands without its other half")
    }

    private mutating func hexadecimal() throws -> UInt32 {
        guard position + 4 <= bytes.count else { throw error("the text ends within a string") }
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = bytes[position].hexadecimalValue else {
                throw error("four hexadecimal digits were expected")
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }
}

/// Where and why a text is not JSON.
public struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
    public var problem: String
    /// In bytes from the start.
    public var offset: Int

    public var description: String { "At byte \(offset): \(problem)." }
}
