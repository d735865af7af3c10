import FunctionCrypto
import FunctionRuntime
import NIOCore
import NIOHTTP1

/// The API by which AWS Lambda's functions are invoked, version 2015-03-31.
///
/// It has what invokes functions and what finds them: Invoke, ListFunctions, GetFunction and
/// GetFunctionConfiguration. The functions are those of the apps, so nothing can be created or
/// changed by it.
struct InvokeService: Service {
    let functions: LambdaFunctions
    /// Whether the functions run as Lambda runs them.
    let isServing: Bool
    let triggers: Triggers
    let events: InvokeEvents
    private let verifier: SignatureVerifier

    /// - Parameters:
    ///   - functions: of all apps.
    ///   - isServing: false where functions run otherwise; then it refuses everything.
    ///   - credentials: what clients must sign with.
    ///   - clock: by which signatures age, and what failed is tried again.
    ///   - triggers: who runs functions.
    init(
        _ functions: LambdaFunctions, isServing: Bool, credentials: Credentials,
        clock: RunnerClock, triggers: Triggers
    ) {
        self.functions = functions
        self.isServing = isServing
        self.triggers = triggers
        events = InvokeEvents(clock: clock, triggers: triggers)
        verifier = SignatureVerifier(credentials: credentials, clock: clock)
        clock.add(events)
    }

    static let base = "/2015-03-31/functions"

    func claims(_ head: ServiceHead, isFree: Bool) -> Bool {
        let authorization = head.headers.first(name: "authorization") ?? ""
        return authorization.hasPrefix("AWS4-") && authorization.contains("/lambda/aws4_request")
            || isFree && head.path.hasPrefix(Self.base)
    }

    func answer(_ request: ServiceRequest) async throws -> ServiceResponse {
        let payload = try await payload(of: request)
        try authenticate(request, payload)
        guard isServing else {
            throw InvokeError.notEmulated(
                """
                Functions do not run as Lambda functions in this copy of the runner. Start it as \
                "local-runner lambda" to invoke them.
                """)
        }
        let parts = try path(of: request)
        switch (request.method, parts.count, parts.last) {
        case ("POST", 2, "invocations"): return try await invoke(parts[0], payload, request)
        case ("GET", 0, _): return response(200, try list(request), request)
        case ("GET", 1, _): return response(200, try function(parts[0], request), request)
        case ("GET", 2, "configuration"):
            return response(200, try find(parts[0], request).configuration, request)
        default:
            throw InvokeError.notEmulated(
                """
                \(request.method) \(request.path) is not emulated. Functions are those of the \
                apps, as they are built; they can be invoked, listed and looked at.
                """)
        }
    }

    private func payload(of request: ServiceRequest) async throws -> ByteBuffer {
        do {
            return try await request.body.collect(upTo: LambdaLimits.request)
        } catch ServiceBody.Problem.tooLarge {
            throw InvokeError.tooLarge
        }
    }

    private func authenticate(_ request: ServiceRequest, _ payload: ByteBuffer) throws {
        do {
            let hash = Hex.encode(Hash.sha256.digest(of: Array(payload.readableBytesView)))
            _ = try verifier.verify(request.head, service: "lambda", payloadHash: hash)
        } catch let problem as SignatureProblem {
            throw InvokeError(problem)
        }
    }

    /// The segments behind the base, decoded.
    private func path(of request: ServiceRequest) throws -> [String] {
        guard request.path == Self.base || request.path.hasPrefix(Self.base + "/") else {
            throw InvokeError.notEmulated("\(request.method) \(request.path) is not emulated.")
        }
        return try request.path.dropFirst(Self.base.count).split(separator: "/").map { segment in
            guard let text = PercentEncoding.decode(segment.utf8) else {
                throw InvokeError.invalidName(String(segment))
            }
            return text
        }
    }

    func response(_ status: Int, _ json: JSON, _ request: ServiceRequest) -> ServiceResponse {
        ServiceResponse(
            status: status,
            headers: [("content-type", "application/json"), ("x-amzn-requestid", request.id)],
            body: .bytes(ByteBuffer(bytes: json.bytes)))
    }

    func failure(_ error: any Error, of request: ServiceRequest) -> ServiceFailure {
        let refusal =
            error as? InvokeError ?? .service("Something went wrong; the runner's log says what.")
        var response = response(refusal.status, refusal.json, request)
        response.headers.append(("x-amzn-errortype", refusal.type))
        return ServiceFailure(response: response, isInternal: refusal.status == 500)
    }
}

extension InvokeService {
    /// The function that a request is about.
    func find(_ name: String, _ request: ServiceRequest) throws -> LambdaFunctions.Function {
        guard let query = URIQuery(request.query) else {
            throw InvokeError.invalidParameter("The query cannot be decoded.")
        }
        return try functions.find(name, qualifier: query["Qualifier"])
    }

    private func list(_ request: ServiceRequest) throws -> JSON {
        guard let query = URIQuery(request.query) else {
            throw InvokeError.invalidParameter("The query cannot be decoded.")
        }
        let limit = try query["MaxItems"].map { text in
            guard let limit = Int(text), (1...10_000).contains(limit) else {
                throw InvokeError.invalidParameter("MaxItems must be a number from 1 to 10000.")
            }
            return min(limit, 50)
        }
        // The marker is the last name that has been listed.
        let marker = query["Marker"] ?? ""
        let rest = functions.all.filter { $0.name > marker }
        let page = rest.prefix(limit ?? 50)
        let isLast = page.count == rest.count
        return [
            "Functions": .array(page.map(\.configuration)),
            "NextMarker": isLast ? .null : .string(page.last?.name ?? ""),
        ]
    }

    private func function(_ name: String, _ request: ServiceRequest) throws -> JSON {
        let function = try find(name, request)
        return [
            "Configuration": function.configuration,
            "Code": [
                "RepositoryType": "file", "Location": .string("file://\(function.executable)"),
            ],
            "Tags": [:],
        ]
    }
}
