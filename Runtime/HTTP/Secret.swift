/// A text that must not be seen: it prints as `<redacted>`, in whatever holds it too.
public struct Secret: Sendable, ExpressibleByStringLiteral {
    /// The text itself.
    public let exposed: String

    public init(_ text: String) {
        exposed = text
    }

    public init(stringLiteral text: String) {
        exposed = text
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
