public import FunctionRuntime

/// The page to which a visitor comes back from a link in a mail: one of the app's own, or of an
/// origin that it trusts, and no other, so that no link of ours leads to somebody else's site.
public struct ReturnAddress: Sendable {
    public let url: String

    /// - Parameters:
    ///   - text: an address; a path stands below the app's own. Nil for `/reset-password`.
    ///   - name: of the parameter, as the refusal names it.
    ///   - app: the app's address.
    ///   - origins: others that are trusted, such as `https://game.example.com`, with commas.
    /// - Throws: 403 for every other address.
    public init(
        _ text: String?, name: String, app: Variable, trusting origins: Variable
    ) throws {
        let base = try AppAddress.url(of: app)
        let text = text ?? "/reset-password"
        let isPath = text.hasPrefix("/") && !text.hasPrefix("//")
        url = isPath ? base + text : text
        let address = url
        let trusted =
            [AppAddress.origin(of: base)]
            + (origins.value ?? "").split(separator: ",").map { $0.filter { $0 != " " } }
            .filter { !$0.isEmpty }
        let isTrusted = trusted.contains { origin in
            address == origin || ["/", "?"].contains { address.hasPrefix(origin + $0) }
        }
        // What browsers take for a slash or leave out is not in it, and no fragment, behind which
        // a parameter would be lost.
        let isPlain = address.utf8.allSatisfy {
            (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") && $0 != UInt8(ascii: "#")
        }
        guard isTrusted, isPlain else {
            throw Failure(
                403, "INVALID_\(name == "callbackURL" ? "CALLBACK" : "REDIRECT")_URL",
                "Invalid \(name)")
        }
    }

    /// The page to which a client asks to be sent on; nil where it asks for none.
    ///
    /// - Throws: 403, as ``init(_:name:app:trusting:)``.
    public static func url(
        ofCallback text: String?, app: Variable, trusting origins: Variable
    ) throws -> String? {
        guard let text else { return nil }
        return try ReturnAddress(text, name: "callbackURL", app: app, trusting: origins).url
    }

    /// The address with one more parameter in its query.
    public func adding(_ name: String, _ value: String) -> String {
        "\(url)\(url.utf8.contains(UInt8(ascii: "?")) ? "&" : "?")\(name)=\(value)"
    }
}

/// The app's own address, as links in mails begin.
public enum AppAddress {
    /// - Parameter variable: names it, such as `https://game.example.com/brainstorm`.
    /// - Returns: the address without a slash at its end.
    /// - Throws: ``MissingVariable``.
    public static func url(of variable: Variable) throws -> String {
        let url = try Environment.require(variable.name, for: "links in mails")
        return url.hasSuffix("/") ? String(url.dropLast()) : url
    }

    /// Scheme, host and port of an address.
    static func origin(of url: String) -> String {
        url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false).prefix(3)
            .joined(separator: "/")
    }
}
