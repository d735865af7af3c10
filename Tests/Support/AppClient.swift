public import FunctionRuntime

/// A client of one app, whoever serves it.
public struct AppClient: Sendable {
    let app: String
    let port: Int

    public init(of app: String, port: Int) {
        self.app = app
        self.port = port
    }

    /// Sends a request, and leaves its answer to be read later.
    ///
    /// - Parameters:
    ///   - method: such as `GET`.
    ///   - target: path and query, below the app.
    ///   - body: with the media type that `headers` name.
    ///   - headers: beside `host`.
    /// - Returns: the exchange, whose answer is to be read.
    /// - Throws: ``TestError`` where nobody listens.
    public func begin(
        _ method: String, _ target: String, body: [UInt8] = [], headers: Headers = [:]
    ) throws -> HTTPClient.Exchange {
        var headers = headers
        headers["host"] = "\(app.lowercased()).localhost:\(port)"
        return try HTTPClient(.port(port)).begin(method, target, headers: headers, body: body)
    }

    /// The same with a body of JSON; nil for none.
    public func begin(
        _ method: String, _ target: String, json: JSON?, headers: Headers = [:]
    ) throws -> HTTPClient.Exchange {
        var headers = headers
        if json != nil { headers["content-type"] = "application/json" }
        return try begin(method, target, body: json?.bytes ?? [], headers: headers)
    }
}
