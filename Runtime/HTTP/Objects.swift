public import FunctionRuntime

/// A bucket of objects: S3, or what speaks its protocol.
///
/// ```swift
/// var imports = Objects("imports")
///
/// try imports.put("2026/11.csv", request.body, .init(contentType: "text/csv"))
/// let table = try imports.get("2026/11.csv")?.body
/// ```
///
/// The bucket's name comes from `S3_BUCKET_IMPORTS`, who asks from `AWS_ACCESS_KEY_ID`,
/// `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`, the region from `AWS_REGION`. Without
/// `AWS_ENDPOINT_URL_S3` it is AWS's own service, at the bucket's own host.
///
/// What goes up is protected by its CRC-32, which the service checks before it keeps anything. A body
/// in memory is signed too; one that comes from a file is not, as it would have to be hashed first.
public struct Objects: Binding {
    /// Which bucket, and where.
    public struct Bucket: Sendable {
        public var name: String
        /// The start of addresses, without a slash at its end; nil for AWS's.
        public var endpoint: String?
        public var account: AWSAccount

        public init(name: String, endpoint: String? = nil, account: AWSAccount) {
            self.name = name
            self.endpoint = endpoint
            self.account = account
        }

        /// The bucket's address.
        ///
        /// AWS takes the name as a host, which a certificate covers only
        /// where it has no dot; others take it in the path.
        var url: String {
            if let endpoint { return name.isEmpty ? endpoint : "\(endpoint)/\(name)" }
            let host = "s3.\(account.region).amazonaws.com"
            return name.contains(".") ? "https://\(host)/\(name)" : "https://\(name).\(host)"
        }
    }

    public let name: String
    private let opened: Opened<Bucket>

    /// Declares a bucket.
    ///
    /// - Parameter name: what it is called in `--describe` and in the name of its variable.
    public init(_ name: String) {
        self.init(name) {
            let purpose = "the objects \(name)"
            return Bucket(
                name: try Environment.require(
                    Environment.name("S3_BUCKET_", of: name), for: purpose),
                endpoint: Environment.base("AWS_ENDPOINT_URL_S3"),
                account: try .fromEnvironment(for: purpose))
        }
    }

    /// A bucket that does not come from the environment.
    public init(_ bucket: Bucket) {
        self.init(bucket.name) { bucket }
    }

    private init(_ name: String, _ find: @escaping () throws -> Bucket) {
        self.name = name
        var options = HTTP.Options()
        // How long an object takes is for its size to say; that something moves is watched.
        options.timeout = nil
        options.bodyLimit = 64 << 20
        opened = Opened(options, find)
    }

    public var binding: BindingDescription { .init(kind: "objects", name: name) }

    /// What the bucket is called where it is.
    public var bucketName: String {
        get throws { try opened.settings().name }
    }

    /// One of S3's operations, as it is asked and as it is named in errors.
    struct Operation {
        var name: String
        var method: String
        /// Nil where it is the bucket's.
        var key: String?
        var query: [(String, String)] = []
        var headers: Headers = [:]
        var body: HTTP.Body = .none
        /// Nil for what its method says.
        var isRepeatable: Bool?
    }

    /// Sends an operation, signed, and gives an answer that is a success.
    ///
    /// - Throws: ``ServiceError`` with what S3 says, ``HTTPError`` where it says nothing.
    func perform(_ operation: Operation, to sink: HTTP.Sink = .memory) throws -> HTTP.Response {
        let bucket = try opened.settings()
        var request = try self.request(operation, in: bucket)
        let payload: SigV4.Payload =
            switch operation.body {
            case .none: .signed([])
            case .bytes(let bytes): .signed(bytes)
            case .file: .unsigned
            }
        SigV4(account: bucket.account, service: "s3").sign(&request, payload, at: Current.now())
        let response = try opened.http.send(request, to: sink)
        guard response.isSuccess else { throw error(response, of: operation) }
        return response
    }

    /// An address that stands for an operation, for so many seconds.
    func presign(_ operation: Operation, seconds: Int) throws -> String {
        let bucket = try opened.settings()
        let request = try self.request(operation, in: bucket)
        guard (1...604_800).contains(seconds) else {
            throw HTTPError(.invalid, request, "an address holds for 1 to 604,800 seconds")
        }
        return SigV4(account: bucket.account, service: "s3")
            .presign(request, seconds: seconds, at: Current.now())
    }

    private func request(_ operation: Operation, in bucket: Bucket) throws -> HTTP.Request {
        var url = bucket.url + "/"
        if let key = operation.key { url += PercentEncoding.encode(key, keeping: "/") }
        let query = operation.query.map { "\($0)=\(PercentEncoding.encode($1))" }
        if !query.isEmpty { url += "?" + query.joined(separator: "&") }
        var request = HTTP.Request(
            operation.method, url, headers: operation.headers, body: operation.body)
        request.isRepeatable = operation.isRepeatable ?? request.isRepeatable
        // Without a key it would be the bucket's own address.
        guard operation.key != "" else {
            throw HTTPError(.invalid, request, "an object's key is not empty")
        }
        return request
    }

    /// What S3 says is wrong; an answer to HEAD has no body, and its status has to do.
    func error(_ response: HTTP.Response, of operation: Operation) -> ServiceError {
        let words = try? XMLElement(document: response.body)
        let code =
            switch response.status {
            case 304: "NotModified"
            case 403: "Forbidden"
            case 404: "NotFound"
            case 412: "PreconditionFailed"
            default: ""
            }
        return ServiceError(
            service: "S3", operation: describe(operation), status: response.status,
            code: words?["Code"]?.text ?? code, message: words?["Message"]?.text ?? "")
    }

    /// The error for an answer that is a success and makes no sense.
    func unreadable(_ response: HTTP.Response, of operation: Operation, _ problem: String)
        -> ServiceError
    {
        ServiceError(
            service: "S3", operation: describe(operation), status: response.status, code: "",
            message: problem)
    }

    private func describe(_ operation: Operation) -> String {
        let bucket = (try? bucketName) ?? name
        return "\(operation.name) of \(bucket)" + (operation.key.map { "/\($0)" } ?? "")
    }

    /// The root of an answer in XML.
    ///
    /// - Throws: ``ServiceError`` too where the status was a success and the body says otherwise, as
    ///   S3 does for what takes long.
    func document(_ response: HTTP.Response, of operation: Operation) throws -> XMLElement {
        guard let root = try? XMLElement(document: response.body) else {
            throw unreadable(response, of: operation, "The answer cannot be read.")
        }
        guard root.name != "Error" else { throw error(response, of: operation) }
        return root
    }

    /// What an element of an answer in XML holds.
    func text(
        _ name: String, _ response: HTTP.Response, of operation: Operation
    ) throws -> String {
        guard let text = try document(response, of: operation)[name]?.text, !text.isEmpty else {
            throw unreadable(response, of: operation, "The answer has no \(name).")
        }
        return text
    }
}
