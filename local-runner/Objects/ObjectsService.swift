import FunctionCrypto
import FunctionRuntime
import NIOCore
import NIOHTTP1

/// Amazon S3, as AWS and Cloudflare R2 speak it: buckets, objects, multipart uploads.
///
/// What it does not do, such as access lists, versions and locks, it refuses by name with 501
/// rather than ignore it: a function that would not work in production must not seem to work here.
struct ObjectsService: Service {
    let store: ObjectStore
    let clock: RunnerClock
    let verifier: SignatureVerifier
    /// Who owns everything, in the form of AWS's canonical user id.
    let owner: String

    static let region = "us-east-1"
    static let accountID = "000000000000"

    /// Opens it in the state folder.
    ///
    /// - Throws: ``RunnerError`` where what is kept cannot be opened.
    init(state: StateFolder, credentials: Credentials, clock: RunnerClock) throws {
        store = try ObjectStore(in: state)
        self.clock = clock
        verifier = SignatureVerifier(credentials: credentials, clock: clock)
        owner = Hex.encode(Hash.sha256.digest(of: credentials.accessKeyID))
    }

    /// Makes buckets that are not there.
    func createBuckets(_ names: [String]) throws {
        for name in names where !store.hasBucket(name) {
            try store.createBucket(name, at: clock.now)
        }
    }

    /// A request is S3's by its signature, by its host, or by a bucket's name before its path.
    func claims(_ head: ServiceHead, isFree: Bool) -> Bool {
        if let authorization = head.headers.first(name: "authorization") {
            if authorization.hasPrefix("AWS4-") {
                return authorization.contains("/s3/aws4_request")
            }
            if authorization.hasPrefix("AWS ") { return true }
        }
        if head.query.contains("X-Amz-Credential=") {
            return head.query.contains("%2Fs3%2Faws4_request")
                || head.query.contains("/s3/aws4_request")
        }
        if head.query.contains("AWSAccessKeyId="), head.query.contains("Signature=") { return true }
        guard isFree else { return false }
        let host = Router.name(ofHost: Substring(head.host))
        if host == "s3.localhost" || host.hasSuffix(".s3.localhost") { return true }
        let name = head.path.dropFirst().prefix { $0 != "/" }
        return !name.isEmpty && store.hasBucket(String(name))
    }

    func answer(_ request: ServiceRequest) async throws -> ServiceResponse {
        try Refusals.checkForm(request)
        let signer = try verifier.verify(request.head, service: "s3")
        guard let query = URIQuery(request.query) else { throw SignatureProblem.malformedURI }
        let call = ObjectsCall(
            request: request, query: query, signer: signer,
            address: try ObjectAddress(request.head))
        try Refusals.check(call)
        return try await perform(try ObjectsOperation(call), call)
    }

    func failure(_ error: any Error, of request: ServiceRequest) -> ServiceFailure {
        let known: ObjectsError? =
            switch error {
            case let error as ObjectsError: error
            case let problem as SignatureProblem: ObjectsError(problem)
            case is ServiceBody.Problem: .incompleteBody
            default: nil
            }
        return ServiceFailure(
            response: Self.response(known ?? .internalError, to: request),
            isInternal: known == nil)
    }

    private static func response(
        _ error: ObjectsError, to request: ServiceRequest
    ) -> ServiceResponse {
        let path = PercentEncoding.bytes(of: request.path.utf8).map {
            String(decoding: $0, as: UTF8.self)
        }
        let text = XMLWriter.document("Error", isQualified: false) { xml in
            xml.element("Code", error.code)
            xml.element("Message", error.message)
            for detail in error.details { xml.element(detail.name, detail.value) }
            xml.element("Resource", path ?? request.path)
            xml.element("RequestId", request.id)
        }
        var response = ServiceResponse(status: error.status)
        response.headers = error.headers + [("x-amz-request-id", request.id)]
        // A 304 has no body, and is no error to who has asked for it.
        if error.status != 304 {
            response.headers.append(("content-type", "application/xml"))
            response.body = .bytes(ByteBuffer(string: text))
        }
        return response
    }
}

extension ServiceResponse {
    /// An answer of XML.
    init(xml root: String, _ content: (inout XMLWriter) -> Void) {
        self.init(
            status: 200, type: "application/xml", text: XMLWriter.document(root, content))
    }
}
