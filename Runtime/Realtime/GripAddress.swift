internal import FunctionRuntime

/// Where a GRIP proxy takes what is published, and the key that it shares with functions: `GRIP_URL`.
///
///     http://localhost:5561/?iss=pushpin&key=changeme
///
/// The path is that of the control endpoint, without `publish/`. `iss` and `key` sign what is
/// published; `verify-iss` and `verify-key` are those of the proxy's own signature, `Grip-Sig`, where
/// they are others. A key that begins with `base64:` is bytes. So the gripcontrol libraries read it.
public struct GripAddress: Sendable {
    /// A key, and who signs with it.
    public struct Key: Sendable {
        public var bytes: [UInt8]
        /// Nil where the name does not matter.
        public var issuer: String?
    }

    /// Absolute, with a slash at its end.
    public let controlURL: String
    /// Nil where the control endpoint takes what is not signed.
    public let publishKey: Key?
    /// Nil where the proxy does not sign.
    public let proxyKey: Key?

    /// Reads an address.
    ///
    /// - Throws: ``InvalidGripAddress``.
    public init(_ text: String) throws {
        let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard text.hasPrefix("http://") || text.hasPrefix("https://") else {
            throw InvalidGripAddress()
        }
        let query = Query(parts.count == 2 ? String(parts[1]) : "")
        controlURL = parts[0].hasSuffix("/") ? String(parts[0]) : parts[0] + "/"
        publishKey = try Self.key("key", issuer: "iss", in: query)
        proxyKey = try Self.key("verify-key", issuer: "verify-iss", in: query) ?? publishKey
    }

    /// The address that the environment names.
    ///
    /// - Throws: ``MissingVariable``, ``InvalidGripAddress``.
    public static func fromEnvironment() throws -> GripAddress {
        try GripAddress(Environment.require("GRIP_URL", for: "realtime"))
    }

    private static func key(
        _ name: String, issuer: String, in query: Query
    ) throws -> Key? {
        guard let text = query[name] else { return nil }
        guard text.hasPrefix("base64:") else {
            return Key(bytes: Array(text.utf8), issuer: query[issuer])
        }
        // A plus sign in a query is a space to whoever reads forms.
        let digits = String(text.dropFirst(7).map { $0 == " " ? "+" : $0 })
        guard let bytes = Base64.decode(digits) else { throw InvalidGripAddress() }
        return Key(bytes: bytes, issuer: query[issuer])
    }
}

/// An address of a GRIP proxy cannot be read.
///
/// It holds a key, so the error does not show it.
public struct InvalidGripAddress: Error, CustomStringConvertible {
    public var description: String {
        "GRIP_URL must be an address such as http://localhost:5561/?iss=pushpin&key=changeme; "
            + "what comes after base64: must be base64."
    }
}
