import FunctionRuntime

/// Where an image is: an address of HTTP of at most 2000 characters; no text stands for no image.
public struct ImageAddress: Codable, Sendable {
    public let value: String

    public init(from decoder: any Decoder) throws {
        value = try decoder.constrained(
            Schema(type: "string", format: "uri", maxLength: 2000), placeholder: ""
        ) { json in
            guard let text = json.text, text.isEmpty || Self.accepts(text) else {
                throw Violation("Must be an address such as https://example.com/me.png.")
            }
            return text
        }
    }

    public func encode(to encoder: any Encoder) throws {
        try value.encode(to: encoder)
    }

    /// Browsers would run `javascript:`, so no other scheme is taken.
    private static func accepts(_ text: String) -> Bool {
        let scheme = ["https://", "http://"].first { text.lowercased().hasPrefix($0) }
        guard let scheme, text.utf8.count > scheme.utf8.count, text.utf8.count <= 2000 else {
            return false
        }
        return text.utf8.allSatisfy {
            (0x21...0x7E).contains($0) && !"\"<>\\^`{|}".utf8.contains($0)
        }
    }
}
