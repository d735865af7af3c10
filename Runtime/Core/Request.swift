/// One HTTP request, the same under every host.
public struct Request: Sendable {
    /// In capitals, such as `GET`.
    ///
    /// A HEAD request reaches its handler as GET; the runtime keeps the body back.
    public var method: String
    /// Percent-encoded, as the client sent it, below where the app is mounted; starts with `/`.
    public var path: String
    public var query: Query
    public var headers: Headers
    public var body: [UInt8]
    /// The address of the peer, without a port; empty where the host does not tell.
    public var remoteAddress: String
    /// Unique; the host's log and the answer's `x-request-id` name it.
    public var id: String
    /// When the host took the request.
    public var time: Timestamp
    /// When the host gives up waiting; nil where it does not tell.
    public var deadline: Timestamp?
    /// The values of the route's placeholders.
    var parameters: [(name: String, value: String)] = []

    public init(
        method: String, path: String, query: String = "", headers: Headers = [:],
        body: [UInt8] = [], remoteAddress: String = "", id: String = "",
        time: Timestamp = Timestamp(microseconds: 0), deadline: Timestamp? = nil
    ) {
        self.method = method
        self.path = path
        self.query = Query(query)
        self.headers = headers
        self.body = body
        self.remoteAddress = remoteAddress
        self.id = id
        self.time = time
        self.deadline = deadline
    }
}

extension Request {
    /// The value of a placeholder of the route.
    ///
    /// - Throws: 404 where it is not such a value: nothing can have that address.
    public func path<Value: LosslessStringConvertible>(
        _ name: String, as type: Value.Type = Value.self
    ) throws -> Value {
        guard let text = parameters.first(where: { $0.name == name })?.value else {
            preconditionFailure("The route has no placeholder {\(name)}.")
        }
        guard let value = Value(text) else {
            throw Failure.notFound("Nothing here has the \(name) \"\(text)\".")
        }
        return value
    }

    /// The body as JSON, decoded into a type.
    ///
    /// - Throws: 415 where the body is declared as another media type, 400 where it is not JSON,
    ///   and ``Failure/invalid(_:)`` with one entry a field that breaks its constraint.
    public func json<Value: Decodable>(as type: Value.Type = Value.self) throws -> Value {
        if let type = headers["content-type"], !Self.isJSON(type) {
            throw Failure(
                415, "unsupported-media-type",
                "This takes application/json; the request says that it carries \(type).")
        }
        guard !body.isEmpty else {
            throw Failure.badRequest("The request has no body; this takes a JSON object.")
        }
        do {
            return try JSON(parsing: body).decode()
        } catch let error as JSONError {
            throw Failure.badRequest("The body is not JSON. \(error)")
        }
    }

    /// Whether a media type is JSON's or one built on it (RFC 6839 §3.1), parameters aside.
    private static func isJSON(_ type: String) -> Bool {
        let type = type.lowercased().utf8.prefix { $0 != UInt8(ascii: ";") && $0 != 0x20 }
        return type.elementsEqual("application/json".utf8)
            || type.suffix(5).elementsEqual("+json".utf8)
    }

    /// The query string, decoded into a type.
    ///
    /// Of a repeated name the first value counts; an empty value counts as none, as HTML forms
    /// send one for every field left empty.
    ///
    /// - Throws: ``Failure/invalid(_:)`` with one entry a field that breaks its constraint.
    public func query<Value: Decodable>(as type: Value.Type = Value.self) throws -> Value {
        var members: [JSON.Member] = []
        for pair in query.pairs where !pair.value.isEmpty {
            guard !members.contains(where: { $0.name == pair.name }) else { continue }
            members.append(.init(pair.name, .string(pair.value)))
        }
        return try JSON.object(members).decode(lenient: true)
    }

    /// The value of a cookie (RFC 6265 §4.2.1), or nil; of several with one name, the first.
    public func cookie(_ name: String) -> String? {
        for header in headers.all("cookie") {
            for pair in header.utf8.split(separator: UInt8(ascii: ";")) {
                let pair = pair.drop { $0 == 0x20 }
                guard let equals = pair.firstIndex(of: UInt8(ascii: "=")),
                    pair[..<equals].elementsEqual(name.utf8)
                else { continue }
                return String(Substring(pair[pair.index(after: equals)...]))
            }
        }
        return nil
    }

    /// The host that the client asked for, without a port, in lower case.
    public var host: String {
        let authority = (headers["host"] ?? "").lowercased()
        if authority.hasPrefix("[") {
            return String(authority.prefix { $0 != "]" }.dropFirst())
        }
        return String(authority.prefix { $0 != ":" })
    }

    /// Whether the client asked for this machine by its own name, where browsers treat plain HTTP
    /// as a secure context (W3C Secure Contexts §3.1).
    public var isLocal: Bool {
        ["localhost", "127.0.0.1", "::1"].contains(host) || host.hasSuffix(".localhost")
    }
}
