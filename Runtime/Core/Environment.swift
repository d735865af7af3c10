import Glibc

/// The environment of the process.
public enum Environment {
    /// The value of a variable; nil where it is unset or empty.
    public static subscript(name: String) -> String? {
        guard let value = getenv(name), value.pointee != 0 else { return nil }
        return String(cString: value)
    }

    /// The value of a variable that a binding cannot do without.
    ///
    /// - Throws: ``MissingVariable``, which names it.
    public static func require(_ name: String, for purpose: String) throws -> String {
        guard let value = self[name] else { throw MissingVariable(name: name, purpose: purpose) }
        return value
    }
}

/// A binding was used whose environment variable is unset.
public struct MissingVariable: Error, CustomStringConvertible {
    public var name: String
    public var purpose: String

    public var description: String {
        "The environment variable \(name) is not set; \(purpose) needs it."
    }
}
