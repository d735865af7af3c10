internal import FunctionCrypto
public import FunctionRuntime

/// The GRIP proxy through which requests come, such as Pushpin or Fastly Fanout.
///
/// ```swift
/// var proxy = GripProxy()
///
/// try proxy.require(for: request)
/// ```
///
/// A function answers with a ``Hold`` and ends; the proxy holds the connection. It signs what it
/// passes on, in `Grip-Sig`, with the key of `GRIP_URL`. A client that reaches the function around
/// the proxy has no such signature: it could not be held, and what it says of itself in `Meta-*`
/// must not be believed.
public struct GripProxy: Binding {
    public init() {}

    public var binding: BindingDescription { .init(kind: "realtime", name: "realtime") }

    /// Refuses a request that did not come through the proxy.
    ///
    /// - Throws: ``Failure`` 501, or ``MissingVariable`` and ``InvalidGripAddress``.
    public func require(for request: Request) throws {
        let address = try GripAddress.fromEnvironment()
        guard let signature = request.headers["grip-sig"] else { throw Self.notProxied }
        guard let key = address.proxyKey else { return }
        do throws(JWT.Problem) {
            let claims = try JWT.verify(signature, key: key.bytes, at: request.time)
            if let issuer = key.issuer, claims["iss"]?.text != issuer { throw .signature }
        } catch {
            Log.error("A Grip-Sig is not the proxy's.", ["error": "\(error)"])
            throw Self.notProxied
        }
    }

    /// A query for a link of which only the proxy is told, with a signature as its last parameter.
    ///
    /// What the proxy asks for itself comes from its own address, and with nothing of the client's.
    /// By the signature a function knows its own link again, which no client can have made.
    ///
    /// - Returns: the query as it is where the proxy has no key.
    /// - Throws: ``MissingVariable`` and ``InvalidGripAddress``.
    public func sign(query: String) throws -> String {
        // As it will stand in the link, and so come back.
        let query = Hold.escapeLink(query)
        guard let signature = try Self.signature(of: query) else { return query }
        return "\(query)&\(Self.parameter)=\(signature)"
    }

    /// Whether a request comes by a link that was made with ``sign(query:)``.
    ///
    /// - Throws: ``MissingVariable`` and ``InvalidGripAddress``.
    public func hasLink(_ request: Request) throws -> Bool {
        guard let last = request.query.pairs.last, last.name == Self.parameter else { return false }
        let tail = "&\(Self.parameter)=\(last.value)"
        let query = request.query.text
        guard query.hasSuffix(tail),
            let signature = try Self.signature(of: String(query.dropLast(tail.count)))
        else { return false }
        return constantTimeEquals(last.value, signature)
    }

    private static let parameter = "link-sig"

    private static func signature(of query: String) throws -> String? {
        guard let key = try GripAddress.fromEnvironment().proxyKey else { return nil }
        let message = Array("link?\(query)".utf8)
        return Base64.encode(Hash.sha256.hmac(key: key.bytes, message: message), as: .url)
    }

    private static let notProxied = Failure(
        501, "not-proxied",
        "This answers through a GRIP proxy, such as Pushpin, and the request did not come through it."
    )
}
