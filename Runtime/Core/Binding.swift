/// Something outside that a function uses, declared as a stored property of the handler.
///
/// ```swift
/// var database = Database("brainstorm")
/// var trustedHops = Variable("TRUSTED_PROXY_HOPS")
/// ```
///
/// The runner reads the declarations (`--describe`) and hands a function what it declares and no
/// more. A binding opens on first use.
public protocol Binding {
    var binding: BindingDescription { get }
}

/// What `--describe` says of a binding.
public struct BindingDescription: Sendable, Codable, Equatable {
    /// What sort it is of, such as `database` or `variable`.
    public var kind: String
    public var name: String

    public init(kind: String, name: String) {
        self.kind = kind
        self.name = name
    }
}

/// A setting that comes as an environment variable.
public struct Variable: Binding, Sendable {
    public let name: String

    public init(_ name: String) {
        self.name = name
    }

    public var binding: BindingDescription { .init(kind: "variable", name: name) }

    /// The value; nil where it is unset or empty.
    public var value: String? { Environment[name] }
}
