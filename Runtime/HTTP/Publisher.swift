internal import FunctionCrypto
public import FunctionRealtime
public import FunctionRuntime

/// Publishes to the clients whose connections a GRIP proxy holds.
///
/// ```swift
/// var publisher = Publisher()
///
/// try publisher.publish([.init("prices", stream: event.text, message: json)])
/// ```
///
/// The proxy is that of `GRIP_URL` (``FunctionRealtime/GripAddress``). A function that only holds
/// needs no publisher, and does not link libcurl.
public struct Publisher: Binding {
    /// What is delivered on one channel: to each client in the form in which it is held.
    public struct Item: Sendable, Equatable {
        public var channel: String
        /// Unique in the channel.
        public var id: String?
        /// The id of the one before it, by which a proxy knows that it has missed none.
        public var previousID: String?
        /// For streams, as it is written to them.
        public var stream: String?
        /// For WebSockets, as text.
        public var message: String?
        /// For those who wait for a response.
        public var response: Response?
        /// Ends streams and WebSockets.
        public var closes: Bool

        public init(
            _ channel: String, id: String? = nil, previousID: String? = nil, stream: String? = nil,
            message: String? = nil, response: Response? = nil, closes: Bool = false
        ) {
            self.channel = channel
            self.id = id
            self.previousID = previousID
            self.stream = stream
            self.message = message
            self.response = response
            self.closes = closes
        }
    }

    private let opened: Opened<GripAddress>

    public init() {
        opened = Opened { try .fromEnvironment() }
    }

    /// A proxy that does not come from the environment.
    public init(_ address: GripAddress) {
        opened = Opened { address }
    }

    public var binding: BindingDescription { .init(kind: "realtime", name: "realtime") }

    /// Publishes items, in order; the proxy gets five seconds.
    ///
    /// - Throws: ``ServiceError`` where the proxy refuses, ``HTTPError`` where it says nothing.
    public func publish(_ items: [Item]) throws {
        guard !items.isEmpty else { return }
        let address = try opened.settings()
        let body: JSON = ["items": .array(items.map(\.json))]
        var request = HTTP.Request(
            "POST", address.controlURL + "publish/", headers: ["content-type": "application/json"],
            body: .bytes(body.bytes))
        // Whoever publishes has other work to do, and the proxy stands near.
        request.timeout = .seconds(5)
        if let key = address.publishKey {
            let expiry = Current.now().milliseconds / 1000 + 3600
            var claims: [JSON.Member] = [.init("exp", .number(String(expiry)))]
            if let issuer = key.issuer { claims.insert(.init("iss", .string(issuer)), at: 0) }
            let token = JWT.sign(.object(claims), key: key.bytes)
            request.headers["authorization"] = "Bearer \(token)"
        }
        let response = try opened.http.send(request)
        guard response.isSuccess else {
            throw ServiceError(
                service: "GRIP proxy", operation: "publish", status: response.status, code: "",
                message: String(decoding: response.body.prefix(500), as: UTF8.self))
        }
    }
}

extension Publisher.Item {
    var json: JSON {
        var members: [JSON.Member] = [.init("channel", .string(channel))]
        if let id { members.append(.init("id", .string(id))) }
        if let previousID { members.append(.init("prev-id", .string(previousID))) }
        var formats: [JSON.Member] = []
        if let stream { formats.append(.init("http-stream", ["content": .string(stream)])) }
        if let message { formats.append(.init("ws-message", ["content": .string(message)])) }
        if let response { formats.append(.init("http-response", response.publishedForm)) }
        if closes {
            formats = ["http-stream", "ws-message"].map { .init($0, ["action": "close"]) }
        }
        members.append(.init("formats", .object(formats)))
        return .object(members)
    }
}

extension Response {
    fileprivate var publishedForm: JSON {
        let headers = headers.fields.map { JSON.array([.string($0.name), .string($0.value)]) }
        let text = String(validating: body, as: UTF8.self)
        return [
            "code": .number(String(status)), "headers": .array(headers),
            text == nil ? "body-bin" : "body": .string(text ?? Base64.encode(body)),
        ]
    }
}
