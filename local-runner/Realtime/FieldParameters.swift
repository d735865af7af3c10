/// A header field's value with parameters, as GRIP has them: `news; prev-id="7"; filter=x`.
struct FieldParameters {
    /// What stands before the first semicolon, as it is.
    var value: String
    /// Names in lower case.
    var parameters: [(name: String, value: String)] = []

    subscript(name: String) -> String? { parameters.first { $0.name == name }?.value }

    /// Reads one; nil where a quoted text does not end.
    init?(_ text: String) {
        let value = text.prefix { $0 != ";" }
        self.value = Self.trimmed(value)
        var rest = text.dropFirst(value.count + 1)
        while !rest.isEmpty {
            let name = rest.prefix { $0 != "=" && $0 != ";" }
            rest = rest[name.endIndex...]
            guard rest.first == "=" else {
                if !Self.trimmed(name).isEmpty { add(name, "") }
                rest = rest.dropFirst()
                continue
            }
            rest = rest.dropFirst().drop { $0 == " " }
            guard rest.first == "\"" else {
                let value = rest.prefix { $0 != ";" }
                add(name, Self.trimmed(value))
                rest = rest[value.endIndex...].dropFirst()
                continue
            }
            guard let value = Self.quoted(&rest) else { return nil }
            add(name, value)
            rest = rest.drop { $0 != ";" }.dropFirst()
        }
    }

    private mutating func add(_ name: some StringProtocol, _ value: String) {
        parameters.append((Self.trimmed(name).lowercased(), value))
    }

    /// Reads a quoted text (RFC 9110 §5.6.4) from its first quotation mark on.
    private static func quoted(_ rest: inout Substring) -> String? {
        rest.removeFirst()
        var value = ""
        while let character = rest.first {
            rest.removeFirst()
            switch character {
            case "\"": return value
            case "\\":
                guard let escaped = rest.first else { return nil }
                rest.removeFirst()
                value.append(escaped)
            default: value.append(character)
            }
        }
        return nil
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        var text = String(text.drop(while: isSpace))
        while let last = text.last, isSpace(last) { text.removeLast() }
        return text
    }

    /// The members of a comma-separated list; commas in quotation marks and in angle brackets are
    /// none of it.
    static func members(of text: String) -> [String] {
        var members = [""]
        var (isQuoted, isEscaped, isLink) = (false, false, false)
        for character in text {
            if character == ",", !isQuoted, !isLink {
                members.append("")
                continue
            }
            members[members.count - 1].append(character)
            if isEscaped {
                isEscaped = false
            } else if isQuoted {
                isEscaped = character == "\\"
                isQuoted = character != "\""
            } else {
                isQuoted = character == "\""
                isLink = character == "<" || isLink && character != ">"
            }
        }
        return members.map(trimmed).filter { !$0.isEmpty }
    }
}
