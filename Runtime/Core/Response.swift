/// One HTTP response.
public struct Response: Sendable, Equatable {
    public var status: Int
    public var headers: Headers
    public var body: [UInt8]

    public init(status: Int, headers: Headers = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// A value as JSON.
    public static func json(_ value: some Encodable, status: Int = 200) throws -> Response {
        Response(
            status: status, headers: ["content-type": "application/json"],
            body: try JSONEncoder.bytes(of: value))
    }

    /// Plain text in UTF-8.
    public static func text(_ text: String, status: Int = 200) -> Response {
        Response(
            status: status, headers: ["content-type": "text/plain; charset=utf-8"],
            body: Array(text.utf8))
    }

    /// 204, nothing to say.
    public static var noContent: Response { Response(status: 204) }

    /// 302, elsewhere for now; 303, 307 or 308 where that is meant.
    public static func redirect(to location: String, status: Int = 302) -> Response {
        Response(status: status, headers: ["location": location])
    }

    /// The same response with a further header line.
    public func adding(_ name: String, _ value: String) -> Response {
        var response = self
        response.headers.append(name, value)
        return response
    }
}
