/// The pairs of a query string, in order, decoded (`application/x-www-form-urlencoded`, WHATWG URL
/// §5.1).
public struct Query: Sendable, Equatable {
    /// As the client sent it, without the question mark.
    public let text: String

    public init(_ text: String) {
        self.text = text
    }

    /// Names and values; a pair whose escapes are malformed is left out.
    public var pairs: [(name: String, value: String)] {
        text.utf8.split(separator: UInt8(ascii: "&")).compactMap { pair in
            let parts = pair.split(
                separator: UInt8(ascii: "="), maxSplits: 1,
                omittingEmptySubsequences: false)
            guard let name = PercentEncoding.decode(parts[0], plusIsSpace: true),
                let value = PercentEncoding.decode(parts.dropFirst().first ?? [], plusIsSpace: true)
            else { return nil }
            return (name, value)
        }
    }

    /// The first value of a name, or nil.
    public subscript(name: String) -> String? {
        pairs.first { $0.name == name }?.value
    }

    /// Every value of a name, in order.
    public func all(_ name: String) -> [String] {
        pairs.filter { $0.name == name }.map(\.value)
    }
}
