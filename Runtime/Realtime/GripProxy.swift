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

    private static let notProxied = Failure(
        501, "not-proxied",
        "This answers through a GRIP proxy, such as Pushpin, and the request did not come through it."
    )
}
