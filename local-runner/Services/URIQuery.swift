import FunctionRuntime

/// The parameters of a query, in their order.
struct URIQuery: Sendable {
    struct Item: Sendable {
        var name: String
        var value: String
        /// Whether there was an equals sign.
        var hasValue: Bool
    }

    var items: [Item] = []

    /// Nil where an escape is malformed or what it decodes to is no text.
    init?(_ query: String) {
        for part in query.split(separator: "&") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decode(pair[0]),
                let value = pair.count == 2 ? Self.decode(pair[1]) : ""
            else { return nil }
            items.append(Item(name: name, value: value, hasValue: pair.count == 2))
        }
    }

    private static func decode(_ text: Substring) -> String? {
        PercentEncoding.decode(text.utf8, plusIsSpace: true)
    }

    /// The first value of a parameter; empty where it has none, nil where it is not there.
    subscript(_ name: String) -> String? {
        items.first { $0.name == name }?.value
    }

    func contains(anyOf names: [String]) -> Bool {
        items.contains { names.contains($0.name) }
    }
}
