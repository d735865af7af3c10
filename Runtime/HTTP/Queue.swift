internal import FunctionCrypto
public import FunctionRuntime

/// A queue of messages: Amazon SQS, or what speaks its JSON protocol.
///
/// ```swift
/// var imports = Queue("imports")
///
/// try imports.send(json: Import(file: key), delay: 60)
/// ```
///
/// Its address comes from `SQS_QUEUE_URL_IMPORTS`, who asks from `AWS_ACCESS_KEY_ID`,
/// `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`, the region from `AWS_REGION`. Requests go to
/// `AWS_ENDPOINT_URL_SQS`, or else to AWS's own service.
///
/// A standard queue delivers at least once. So a request that may have been done is sent again: the
/// message that comes twice is one that its receiver has to expect anyway.
public struct Queue: Binding {
    /// Which queue, and where.
    public struct Address: Sendable {
        public var url: String
        /// Where requests go; nil for AWS's.
        public var endpoint: String?
        public var account: AWSAccount

        public init(url: String, endpoint: String? = nil, account: AWSAccount) {
            self.url = url
            self.endpoint = endpoint
            self.account = account
        }
    }

    public let name: String
    private let opened: Opened<Address>

    /// Declares a queue.
    ///
    /// - Parameter name: what it is called in `--describe` and in the name of its variable.
    public init(_ name: String) {
        self.init(name) {
            let purpose = "the queue \(name)"
            return Address(
                url: try Environment.require(
                    Environment.name("SQS_QUEUE_URL_", of: name), for: purpose),
                endpoint: Environment.base("AWS_ENDPOINT_URL_SQS"),
                account: try .fromEnvironment(for: purpose))
        }
    }

    /// A queue that does not come from the environment.
    public init(_ address: Address) {
        self.init(String(address.url.split(separator: "/").last ?? "")) { address }
    }

    private init(_ name: String, _ find: @escaping () throws -> Address) {
        self.name = name
        opened = Opened(.init(), find)
    }

    public var binding: BindingDescription { .init(kind: "queue", name: name) }

    /// Nil where its variables are not set.
    var address: Address? { try? opened.settings() }

    /// Asks for an operation on this queue.
    ///
    /// - Parameters:
    ///   - operation: SQS's name of it.
    ///   - members: its parameters beside the queue's address.
    ///   - waiting: how many seconds longer than usual the answer may take.
    /// - Returns: what SQS answers.
    /// - Throws: ``ServiceError`` with what SQS says, ``HTTPError`` where it says nothing.
    func perform(_ operation: String, _ members: [JSON.Member], waiting: Int = 0) throws -> JSON {
        let address = try opened.settings()
        let endpoint =
            address.endpoint ?? "https://sqs.\(address.account.region).amazonaws.com"
        let body = JSON.object([.init("QueueUrl", .string(address.url))] + members).bytes
        var request = HTTP.Request(
            "POST", endpoint + "/",
            headers: [
                "content-type": "application/x-amz-json-1.0",
                "x-amz-target": "AmazonSQS.\(operation)",
            ], body: .bytes(body))
        request.isRepeatable = true
        request.timeout = .seconds(30 + waiting)
        SigV4(account: address.account, service: "sqs")
            .sign(&request, .signed(body), at: Current.now())
        let response = try opened.http.send(request)
        guard response.isSuccess else { throw error(response, of: operation) }
        // Some operations have nothing to say.
        guard !response.body.isEmpty else { return .object([]) }
        guard let answer = try? JSON(parsing: response.body) else {
            throw fault(operation, "The answer is not JSON.", status: response.status)
        }
        return answer
    }

    private func error(_ response: HTTP.Response, of operation: String) -> ServiceError {
        let answer = try? JSON(parsing: response.body)
        // "com.amazonaws.sqs#QueueDoesNotExist"
        let code = answer?["__type"]?.text?.split(separator: "#").last
        let message = answer?["message"]?.text ?? answer?["Message"]?.text
        return ServiceError(
            service: "SQS", operation: "\(operation) on \(name)", status: response.status,
            code: code.map(String.init) ?? "", message: message ?? "")
    }

    /// An answer that is a success and not what it must be.
    func fault(_ operation: String, _ problem: String, status: Int = 200) -> ServiceError {
        ServiceError(
            service: "SQS", operation: "\(operation) on \(name)", status: status, code: "",
            message: problem)
    }

    /// That a text arrived as it left: SQS says the MD5 of what it has.
    func check(_ digest: JSON?, of text: String, _ operation: String) throws {
        guard digest?.text == Hex.encode(Hash.md5.digest(of: text)) else {
            throw fault(operation, "The body's MD5 is another one than SQS says.")
        }
    }
}
