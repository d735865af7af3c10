/// An expected text, in which placeholders stand for what differs from run to run.
///
/// | placeholder | matches |
/// |---|---|
/// | `<uuid>` | a UUID in lower case |
/// | `<time>` | a time of RFC 3339 |
/// | `<token>` | 20 or more of the characters of base64url |
/// | `<money>` | an amount with two decimals |
/// | `<number>` | a decimal number |
/// | `<text>` | one or more characters |
///
/// What stands in angle brackets and is none of these means itself.
struct Template {
    private static let patterns = [
        "<uuid>": "[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}",
        "<time>": "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\\.[0-9]{1,6})?"
            + "(?:Z|[+-][0-9]{2}:[0-9]{2})",
        "<token>": "[A-Za-z0-9_-]{20,}",
        "<money>": "-?[0-9]+\\.[0-9]{2}",
        "<number>": "-?[0-9]+(?:\\.[0-9]+)?",
        "<text>": "[\\s\\S]+?",
    ]

    let text: String

    init(_ text: String) {
        self.text = text
    }

    /// Whether any placeholder stands in it, so that two runs may differ here.
    var isOpen: Bool { Self.patterns.keys.contains { text.contains($0) } }

    /// Whether a number in JSON may stand where this text is expected.
    var acceptsNumbers: Bool { text == "<number>" || text == "<money>" }

    func matches(_ found: String) -> Bool {
        guard isOpen else { return text == found }
        guard let regex = try? Regex(pattern).matchingSemantics(.unicodeScalar) else {
            return false
        }
        return found.wholeMatch(of: regex) != nil
    }

    private var pattern: String {
        var pattern = ""
        var rest = text[...]
        while let character = rest.first {
            if let (name, kind) = Self.patterns.first(where: { rest.hasPrefix($0.key) }) {
                pattern += kind
                rest.removeFirst(name.count)
            } else {
                if "\\^$.|?*+()[]{}".contains(character) { pattern += "\\" }
                pattern.append(character)
                rest.removeFirst()
            }
        }
        return pattern
    }
}
