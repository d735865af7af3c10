import FunctionRuntime

/// A username: 3 to 50 letters, digits, dots, hyphens or underscores, in lower case.
///
/// It is what stands before `@brainstorm.local` in an e-mail address.
public struct Username: Codable, Sendable {
    public let value: String

    public init(from decoder: any Decoder) throws {
        value = try decoder.constrained(
            Schema(type: "string", pattern: "^[A-Za-z0-9._-]{3,50}$"), placeholder: ""
        ) { json in
            guard let text = json.text, (3...50).contains(text.utf8.count),
                text.utf8.allSatisfy({ Self.characters.contains($0) })
            else {
                throw Violation("Must be 3 to 50 letters, digits, dots, hyphens or underscores.")
            }
            return text.lowercased()
        }
    }

    public func encode(to encoder: any Encoder) throws {
        try value.encode(to: encoder)
    }

    private static let characters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-".utf8
}
