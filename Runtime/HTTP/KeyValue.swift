public import FunctionRuntime

/// Values by their keys: Cloudflare Workers KV, by its REST API.
///
/// ```swift
/// var addresses = KeyValue("link-addresses")
///
/// try addresses.put("a1b2", "https://example.com/", expiry: .in(seconds: 3600))
/// let address = try addresses.text("a1b2")
/// ```
///
/// Its namespace comes from `KV_NAMESPACE_ID_LINK_ADDRESSES`, the account from
/// `CLOUDFLARE_ACCOUNT_ID`, who asks from `CLOUDFLARE_API_TOKEN`. `CLOUDFLARE_BASE_URL` stands for
/// Cloudflare's own address.
///
/// It is made to be read much and written seldom: Cloudflare takes one write a second of a key, and
/// elsewhere the old value may be read for a minute. What must be counted or locked belongs in a
/// database.
public struct KeyValue: Binding {
    /// Which namespace, and where.
    public struct Namespace: Sendable {
        public var id: String
        public var account: String
        public var token: Secret
        /// The start of addresses, without a slash at its end.
        public var base: String

        public init(
            id: String, account: String, token: Secret,
            base: String = "https://api.cloudflare.com/client/v4"
        ) {
            self.id = id
            self.account = account
            self.token = token
            self.base = base
        }
    }

    public let name: String
    private let opened: Opened<Namespace>

    /// Declares a namespace.
    ///
    /// - Parameter name: what it is called in `--describe` and in the name of its variable.
    public init(_ name: String) {
        self.init(name) {
            let purpose = "the key-value store \(name)"
            var namespace = Namespace(
                id: try Environment.require(
                    Environment.name("KV_NAMESPACE_ID_", of: name), for: purpose),
                account: try Environment.require("CLOUDFLARE_ACCOUNT_ID", for: purpose),
                token: Secret(try Environment.require("CLOUDFLARE_API_TOKEN", for: purpose)))
            namespace.base = Environment.base("CLOUDFLARE_BASE_URL") ?? namespace.base
            return namespace
        }
    }

    /// A namespace that does not come from the environment.
    public init(_ namespace: Namespace) {
        self.init(namespace.id) { namespace }
    }

    private init(_ name: String, _ find: @escaping () throws -> Namespace) {
        self.name = name
        var options = HTTP.Options()
        // A value may have 25 MiB, and a hundred of them come together.
        options.bodyLimit = 64 << 20
        opened = Opened(options, find)
    }

    public var binding: BindingDescription { .init(kind: "key-value", name: name) }

    /// Nil where its variables are not set.
    var namespace: Namespace? { try? opened.settings() }

    /// One request of the API.
    struct Operation {
        /// What it does, for errors.
        var name: String
        var method: String
        /// Below the namespace's address, percent-encoded, with its query.
        var path: String
        var headers: Headers = [:]
        var body: HTTP.Body = .none
        var isRepeatable = true
    }

    /// Sends a request, and gives an answer that is a success.
    ///
    /// - Throws: ``ServiceError`` with what Cloudflare says, ``HTTPError`` where it says nothing.
    func perform(_ operation: Operation) throws -> HTTP.Response {
        let namespace = try opened.settings()
        let address =
            "\(namespace.base)/accounts/\(PercentEncoding.encode(namespace.account))"
            + "/storage/kv/namespaces/\(PercentEncoding.encode(namespace.id))"
        var request = HTTP.Request(
            operation.method, address + operation.path, headers: operation.headers,
            body: operation.body)
        request.headers["authorization"] = "Bearer \(namespace.token.exposed)"
        request.isRepeatable = operation.isRepeatable
        let response = try opened.http.send(request)
        guard response.isSuccess else { throw error(response, of: operation) }
        return response
    }

    /// What `result` holds in an answer's envelope, and what goes with it.
    func answer(_ operation: Operation) throws -> (result: JSON?, info: JSON?) {
        let response = try perform(operation)
        guard let answer = try? JSON(parsing: response.body), answer["success"] == .bool(true)
        else { throw error(response, of: operation) }
        return (answer["result"], answer["result_info"])
    }

    /// Sends a value as JSON.
    static func json(
        _ name: String, _ method: String, _ path: String, _ value: JSON
    ) -> Operation {
        Operation(
            name: name, method: method, path: path, headers: ["content-type": "application/json"],
            body: .bytes(value.bytes))
    }

    /// A key as it stands in an address, whole: its slashes are its own.
    static func path(_ folder: String, _ key: String) -> String {
        "/\(folder)/\(PercentEncoding.encode(key))"
    }

    private func error(_ response: HTTP.Response, of operation: Operation) -> ServiceError {
        let first = (try? JSON(parsing: response.body))?["errors"].elements.first
        return ServiceError(
            service: "Cloudflare KV", operation: "\(operation.name) in \(name)",
            status: response.status, code: first?["code"].integer.map(String.init) ?? "",
            message: first?["message"]?.text ?? "")
    }

    /// Nil where there is no such key.
    func optional<Value>(_ body: () throws -> Value) throws -> Value? {
        do {
            return try body()
        } catch let error as ServiceError where error.code == "10009" {
            return nil
        }
    }
}
