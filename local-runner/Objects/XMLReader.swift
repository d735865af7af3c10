/// An element of a request's XML: its name without prefix, its text, and the elements in it.
struct XMLElement {
    var name: String
    var text = ""
    var children: [XMLElement] = []

    func child(_ name: String) -> XMLElement? { children.first { $0.name == name } }

    /// Reads a document.
    ///
    /// It is well-formed, of one root, not deep, and without a document type: so there are no
    /// entities but XML's own, and none that multiply. Attributes are skipped.
    ///
    /// - Throws: ``ObjectsError/malformedXML``.
    static func parse(_ bytes: some Sequence<UInt8>) throws -> XMLElement {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ObjectsError.malformedXML
        }
        var reader = XMLReader(text)
        return try reader.document()
    }
}

private struct XMLReader {
    private var rest: Substring.UTF8View
    private static let depthLimit = 8

    init(_ text: String) {
        rest = Substring(text).utf8
        skip("\u{FEFF}")
    }

    mutating func document() throws -> XMLElement {
        try skipMisc()
        guard skip("<") else { throw ObjectsError.malformedXML }
        let root = try element(depth: 1)
        try skipMisc()
        guard rest.isEmpty else { throw ObjectsError.malformedXML }
        return root
    }

    /// White space, comments and processing instructions between elements.
    private mutating func skipMisc() throws {
        while true {
            skipSpace()
            if skip("<?") {
                _ = try text(upTo: "?>")
            } else if skip("<!--") {
                _ = try text(upTo: "-->")
            } else {
                return
            }
        }
    }

    /// An element whose opening bracket has been read.
    private mutating func element(depth: Int) throws -> XMLElement {
        guard depth <= Self.depthLimit else { throw ObjectsError.malformedXML }
        let name = try self.name()
        var element = XMLElement(name: name.split(separator: ":").last.map(String.init) ?? name)
        try skipAttributes()
        if skip("/>") { return element }
        guard skip(">") else { throw ObjectsError.malformedXML }
        while true {
            if skip("</") {
                guard try self.name() == name else { throw ObjectsError.malformedXML }
                skipSpace()
                guard skip(">") else { throw ObjectsError.malformedXML }
                return element
            }
            if skip("<!--") {
                _ = try text(upTo: "-->")
            } else if skip("<![CDATA[") {
                element.text += try text(upTo: "]]>")
            } else if skip("<?") {
                _ = try text(upTo: "?>")
            } else if skip("<") {
                element.children.append(try self.element(depth: depth + 1))
            } else {
                element.text += try characters()
            }
        }
    }

    private mutating func name() throws -> String {
        let end =
            rest.firstIndex {
                [0x20, 0x09, 0x0A, 0x0D].contains($0) || "<>/=&\"'!?".utf8.contains($0)
            } ?? rest.endIndex
        guard end != rest.startIndex else { throw ObjectsError.malformedXML }
        defer { rest = rest[end...] }
        return String(Substring(rest[..<end]))
    }

    private mutating func skipAttributes() throws {
        while true {
            skipSpace()
            guard let next = rest.first, next != UInt8(ascii: ">"), next != UInt8(ascii: "/") else {
                return
            }
            _ = try name()
            skipSpace()
            guard skip("=") else { throw ObjectsError.malformedXML }
            skipSpace()
            guard skip("\"") else {
                guard skip("'") else { throw ObjectsError.malformedXML }
                _ = try text(upTo: "'")
                continue
            }
            _ = try text(upTo: "\"")
        }
    }

    /// Text up to the next bracket, its references resolved.
    private mutating func characters() throws -> String {
        let end = rest.firstIndex { $0 == UInt8(ascii: "<") } ?? rest.endIndex
        var run = rest[..<end]
        guard end != rest.endIndex else { throw ObjectsError.malformedXML }
        rest = rest[end...]
        var result = ""
        while let start = run.firstIndex(of: UInt8(ascii: "&")) {
            guard let stop = run[start...].firstIndex(of: UInt8(ascii: ";")) else {
                throw ObjectsError.malformedXML
            }
            result += String(Substring(run[..<start]))
            result.unicodeScalars.append(
                try Self.reference(String(Substring(run[run.index(after: start)..<stop]))))
            run = run[run.index(after: stop)...]
        }
        return result + String(Substring(run))
    }

    private static func reference(_ name: String) throws -> Unicode.Scalar {
        switch name {
        case "lt": return "<"
        case "gt": return ">"
        case "amp": return "&"
        case "quot": return "\""
        case "apos": return "'"
        default: break
        }
        let isHexadecimal = name.hasPrefix("#x")
        let digits = name.dropFirst(isHexadecimal ? 2 : 1)
        guard name.hasPrefix("#"), digits.first?.isHexDigit == true,
            let code = UInt32(digits, radix: isHexadecimal ? 16 : 10), code != 0,
            let scalar = Unicode.Scalar(code)
        else { throw ObjectsError.malformedXML }
        return scalar
    }

    private mutating func text(upTo end: String) throws -> String {
        let end = Array(end.utf8)
        var index = rest.startIndex
        while let start = rest[index...].firstIndex(of: end[0]) {
            if rest[start...].starts(with: end) {
                defer { rest = rest[rest.index(start, offsetBy: end.count)...] }
                return String(Substring(rest[..<start]))
            }
            index = rest.index(after: start)
        }
        throw ObjectsError.malformedXML
    }

    private mutating func skipSpace() {
        rest = rest.drop { [0x20, 0x09, 0x0A, 0x0D].contains($0) }[...]
    }

    @discardableResult
    private mutating func skip(_ text: String) -> Bool {
        guard rest.starts(with: text.utf8) else { return false }
        rest = rest.dropFirst(text.utf8.count)
        return true
    }
}
