public import FunctionRuntime

/// A type whose values can stand in ``SQL``.
///
/// An enumeration of strings becomes one by naming the protocol: `enum Side: String, SQLBindable`.
public protocol SQLBindable {
    /// What is sent for the value.
    var sqlValue: SQLValue { get }
}

extension SQLBindable where Self: RawRepresentable, RawValue: SQLBindable {
    public var sqlValue: SQLValue { rawValue.sqlValue }
}

extension SQLBindable where Self: LosslessStringConvertible {
    public var sqlValue: SQLValue { .text(description) }
}

extension Int: SQLBindable {}
extension Int8: SQLBindable {}
extension Int16: SQLBindable {}
extension Int32: SQLBindable {}
extension Int64: SQLBindable {}
extension UInt8: SQLBindable {}
extension UInt16: SQLBindable {}
extension UInt32: SQLBindable {}
extension Bool: SQLBindable {}
extension Float: SQLBindable {}
extension Double: SQLBindable {}
extension ID: SQLBindable {}
extension Fixed: SQLBindable {}

extension String: SQLBindable {
    public var sqlValue: SQLValue { .text(self) }
}

extension Text: SQLBindable {
    public var sqlValue: SQLValue { .text(value) }
}

extension Email: SQLBindable {
    public var sqlValue: SQLValue { .text(value) }
}

extension Whole: SQLBindable {
    public var sqlValue: SQLValue { value.sqlValue }
}

extension Amount: SQLBindable {
    public var sqlValue: SQLValue { value.sqlValue }
}

extension Timestamp: SQLBindable {
    /// RFC 3339 with all six digits that PostgreSQL keeps.
    public var sqlValue: SQLValue { .text(text(fraction: 6)) }
}

extension JSON: SQLBindable {
    /// `jsonb`; JSON's own null is a value of it, and not SQL's NULL.
    public var sqlValue: SQLValue { .json(bytes) }
}

extension Optional: SQLBindable where Wrapped: SQLBindable {
    /// NULL, where there is no value.
    public var sqlValue: SQLValue { self?.sqlValue ?? .null }
}

extension Array: SQLBindable where Element: SQLBindable {
    /// `bytea` of bytes; of everything else an array, for `= ANY(\(ids))`.
    public var sqlValue: SQLValue {
        // An array without elements can be cast to one of any other type, so the type decides.
        if Element.self == UInt8.self, let bytes = self as? [UInt8] { return .bytes(bytes) }
        return .array(map(\.sqlValue))
    }
}
