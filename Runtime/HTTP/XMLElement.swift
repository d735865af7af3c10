internal import FunctionRuntime

/// An element of the XML that S3 answers, and a reader of no more than that.
///
/// S3 writes elements, text, the five named entities and character references; an attribute is a
/// namespace's, and is passed over. What is anything else, such as a document type or a comment, is
/// refused, so no entity of a stranger's is ever expanded.
struct XMLElement {
    var name: String
    /// Of the element itself, without that of its children.
    var text = ""
    var children: [XMLElement] = []

    /// The first child of a name.
    subscript(name: String) -> XMLElement? { children.first { $0.name == name } }

    func all(_ name: String) -> [XMLElement] { children.filter { $0.name == name } }

    /// The root of a document; nil where it cannot be read.
    init?(document: [UInt8]) {
        var reader = Reader(rest: document[...])
        reader.skipDeclaration()
        guard let root = reader.element(depth: 0), reader.isAtEnd else { return nil }
        self = root
    }

    fileprivate init(name: String) {
        self.name = name
    }

    /// A text as it stands within an element.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case ..<" ": result += "&#\(scalar.value);"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

private struct Reader {
    var rest: ArraySlice<UInt8>
    private static let depthLimit = 16

    var isAtEnd: Bool { rest.allSatisfy(Self.isSpace) }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    mutating func skipDeclaration() {
        // S3 keeps a connection alive with spaces while it works.
        rest = rest.drop(while: Self.isSpace)
        if skip("<?xml") { _ = takeUntil("?>") }
        rest = rest.drop(while: Self.isSpace)
    }

    /// Reads from `<` to the end tag.
    mutating func element(depth: Int) -> XMLElement? {
        guard depth < Self.depthLimit, skip("<"), let tag = takeUntil(">") else { return nil }
        let name = tag.prefix { !Self.isSpace($0) && $0 != UInt8(ascii: "/") }
        guard let first = name.first, first != UInt8(ascii: "!"), first != UInt8(ascii: "?"),
            let text = String(validating: name, as: UTF8.self)
        else { return nil }
        var element = XMLElement(name: text)
        if tag.last == UInt8(ascii: "/") { return element }
        while !skip("</") {
            if rest.first == UInt8(ascii: "<") {
                guard let child = self.element(depth: depth + 1) else { return nil }
                element.children.append(child)
            } else {
                guard let text = self.text() else { return nil }
                element.text += text
            }
        }
        guard let end = takeUntil(">") else { return nil }
        return end.prefix { !Self.isSpace($0) } == name ? element : nil
    }

    /// Reads up to the next tag; nil where there is none.
    private mutating func text() -> String? {
        let raw = rest.prefix { $0 != UInt8(ascii: "<") }
        guard raw.endIndex < rest.endIndex else { return nil }
        rest = rest[raw.endIndex...]
        var bytes: [UInt8] = []
        for (index, part) in raw.split(
            separator: UInt8(ascii: "&"), omittingEmptySubsequences: false
        ).enumerated() {
            guard index > 0 else {
                bytes += part
                continue
            }
            guard let end = part.firstIndex(of: UInt8(ascii: ";")),
                let character = Self.character(String(decoding: part[..<end], as: UTF8.self))
            else { return nil }
            bytes += Array(String(character).utf8) + part[(end + 1)...]
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func character(_ name: String) -> Unicode.Scalar? {
        switch name {
        case "amp": "&"
        case "lt": "<"
        case "gt": ">"
        case "quot": "\""
        case "apos": "'"
        default:
            if name.hasPrefix("#x") {
                UInt32(name.dropFirst(2), radix: 16).flatMap { Unicode.Scalar($0) }
            } else if name.hasPrefix("#") {
                UInt32(name.dropFirst()).flatMap { Unicode.Scalar($0) }
            } else {
                nil
            }
        }
    }

    private mutating func skip(_ text: String) -> Bool {
        guard rest.starts(with: text.utf8) else { return false }
        rest = rest.dropFirst(text.utf8.count)
        return true
    }

    private mutating func takeUntil(_ end: String) -> ArraySlice<UInt8>? {
        var place = rest.startIndex
        while !rest[place...].starts(with: end.utf8) {
            guard place < rest.endIndex else { return nil }
            place += 1
        }
        let taken = rest[..<place]
        rest = rest[(place + end.utf8.count)...]
        return taken
    }
}
