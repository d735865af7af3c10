internal import FunctionRuntime

/// An element of XML as S3 speaks it: its name without prefix, its text, and the elements in it.
package struct XMLElement {
    package var name: String
    /// Of the element itself, without that of its children.
    package var text = ""
    package var children: [XMLElement] = []

    /// The first child of a name.
    package subscript(name: String) -> XMLElement? { children.first { $0.name == name } }

    func all(_ name: String) -> [XMLElement] { children.filter { $0.name == name } }

    /// Reads a document.
    ///
    /// It is well-formed, of one root, not deep, and without a document type: so there are no
    /// entities but XML's own, and none that multiply. Attributes are skipped.
    ///
    /// - Throws: ``MalformedXML``.
    package init(document: some Sequence<UInt8>) throws(MalformedXML) {
        guard let text = String(validating: document, as: UTF8.self) else { throw MalformedXML() }
        var reader = Reader(text)
        self = try reader.document()
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

/// The bytes are no such document.
package struct MalformedXML: Error {}

private struct Reader {
    private var rest: Substring.UTF8View
    private static let depthLimit = 16

    init(_ text: String) {
        rest = Substring(text).utf8
        skip("\u{FEFF}")
    }

    mutating func document() throws(MalformedXML) -> XMLElement {
        // S3 keeps a connection alive with spaces while it works.
        try skipMisc()
        guard skip("<") else { throw MalformedXML() }
        let root = try element(depth: 1)
        try skipMisc()
        guard rest.isEmpty else { throw MalformedXML() }
        return root
    }

    /// White space, comments and processing instructions between elements.
    private mutating func skipMisc() throws(MalformedXML) {
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
    private mutating func element(depth: Int) throws(MalformedXML) -> XMLElement {
        guard depth <= Self.depthLimit else { throw MalformedXML() }
        let name = try self.name()
        var element = XMLElement(name: name.split(separator: ":").last.map(String.init) ?? name)
        try skipAttributes()
        if skip("/>") { return element }
        guard skip(">") else { throw MalformedXML() }
        while true {
            if skip("</") {
                guard try self.name() == name else { throw MalformedXML() }
                skipSpace()
                guard skip(">") else { throw MalformedXML() }
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

    private mutating func name() throws(MalformedXML) -> String {
        let end =
            rest.firstIndex {
                [0x20, 0x09, 0x0A, 0x0D].contains($0) || "<>/=&\"'!?".utf8.contains($0)
            } ?? rest.endIndex
        guard end != rest.startIndex else { throw MalformedXML() }
        defer { rest = rest[end...] }
        return String(Substring(rest[..<end]))
    }

    private mutating func skipAttributes() throws(MalformedXML) {
        while true {
            skipSpace()
            guard let next = rest.first, next != UInt8(ascii: ">"), next != UInt8(ascii: "/") else {
                return
            }
            _ = try name()
            skipSpace()
            guard skip("=") else { throw MalformedXML() }
            skipSpace()
            guard skip("\"") else {
                guard skip("'") else { throw MalformedXML() }
                _ = try text(upTo: "'")
                continue
            }
            _ = try text(upTo: "\"")
        }
    }

    /// Text up to the next bracket, its references resolved.
    private mutating func characters() throws(MalformedXML) -> String {
        let end = rest.firstIndex { $0 == UInt8(ascii: "<") } ?? rest.endIndex
        var run = rest[..<end]
        guard end != rest.endIndex else { throw MalformedXML() }
        rest = rest[end...]
        var result = ""
        while let start = run.firstIndex(of: UInt8(ascii: "&")) {
            guard let stop = run[start...].firstIndex(of: UInt8(ascii: ";")) else {
                throw MalformedXML()
            }
            result += String(Substring(run[..<start]))
            result.unicodeScalars.append(
                try Self.reference(String(Substring(run[run.index(after: start)..<stop]))))
            run = run[run.index(after: stop)...]
        }
        return result + String(Substring(run))
    }

    private static func reference(_ name: String) throws(MalformedXML) -> Unicode.Scalar {
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
        else { throw MalformedXML() }
        return scalar
    }

    private mutating func text(upTo end: String) throws(MalformedXML) -> String {
        let end = Array(end.utf8)
        var index = rest.startIndex
        while let start = rest[index...].firstIndex(of: end[0]) {
            if rest[start...].starts(with: end) {
                defer { rest = rest[rest.index(start, offsetBy: end.count)...] }
                return String(Substring(rest[..<start]))
            }
            index = rest.index(after: start)
        }
        throw MalformedXML()
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
