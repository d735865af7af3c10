extension RouteTable.Path {
    /// A regular expression (PCRE) for the decoded path of a request; a placeholder is a segment that is
    /// not empty.
    ///
    /// It hardly holds a backslash, as every configuration has its own idea of those.
    func pattern(below prefix: String) -> String {
        let parts = segments.map { $0.map(Self.escape) ?? "[^/]+" }
        return "^" + Self.escape(prefix) + parts.map { "/" + $0 }.joined() + "$"
    }

    private static func escape(_ text: String) -> String {
        text.map { character in
            switch character {
            case "\\": "\\x5C"
            case "^": "\\x5E"
            case ".", "*", "+", "?", "(", ")", "[", "{", "|", "$": "[\(character)]"
            default: String(character)
            }
        }.joined()
    }
}
