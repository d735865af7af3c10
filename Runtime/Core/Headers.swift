/// Header fields in the order in which they came, names without regard to case (RFC 9110 §5).
///
/// A field that occurs several times stays several. A line break or a zero byte becomes a space, as §5.5 of it has a recipient do: so no value can
/// add a line to the answer of a host that writes lines.
public struct Headers: Sendable, Equatable, ExpressibleByDictionaryLiteral {
    /// One field line, its name in lower case.
    public struct Field: Sendable, Equatable {
        public let name: String
        public var value: String
    }

    public private(set) var fields: [Field] = []

    public init() {}

    public init(dictionaryLiteral elements: (String, String)...) {
        for (name, value) in elements { append(name, value) }
    }

    /// The first value of a field, or nil; setting one replaces all lines of that name.
    public subscript(name: String) -> String? {
        get {
            let name = name.lowercased()
            return fields.first { $0.name == name }?.value
        }
        set {
            let name = name.lowercased()
            fields.removeAll { $0.name == name }
            if let newValue { append(name, newValue) }
        }
    }

    /// Every value of a field, in order.
    public func all(_ name: String) -> [String] {
        let name = name.lowercased()
        return fields.filter { $0.name == name }.map(\.value)
    }

    /// Adds a line, beside those that have the same name.
    public mutating func append(_ name: String, _ value: String) {
        fields.append(
            Field(name: Self.line(name.lowercased()), value: Self.line(value)))
    }

    private static func line(_ text: String) -> String {
        let breaks: (UInt8) -> Bool = { $0 == 0x0D || $0 == 0x0A || $0 == 0 }
        guard text.utf8.contains(where: breaks) else { return text }
        return String(decoding: text.utf8.map { breaks($0) ? 0x20 : $0 }, as: UTF8.self)
    }
}
