import FunctionCrypto
import FunctionRuntime
import NIOCore
import NIOHTTP1

/// Amazon SQS, in its JSON protocol.
///
/// A request names its operation in the header `X-Amz-Target: AmazonSQS.SendMessage`, is JSON, and is
/// signed with Signature Version 4. The answer is JSON, too; an error bears its type in the body and
/// its older code in `x-amzn-query-error`, where SDKs look for the one that they show.
///
/// Standard queues are all there is: a queue of the FIFO kind, tags, permissions and encryption are
/// refused by name. Texts and codes of errors are those that SQS gives.
struct QueueService: Service {
    let store: QueueStore
    let arrivals: Arrivals
    let moves: MoveTasks
    let clock: RunnerClock
    let credentials: Credentials
    let verifier: SignatureVerifier
    /// What receipt handles are marked with.
    let handleKey: [UInt8]

    /// - Parameters:
    ///   - state: the folder of the database.
    ///   - credentials: what clients must sign with.
    ///   - clock: by which messages become visible, and age.
    /// - Throws: ``RunnerError`` where the database cannot be opened.
    init(state: StateFolder, credentials: Credentials, clock: RunnerClock) throws {
        store = try QueueStore(in: state)
        arrivals = Arrivals(store: store, clock: clock)
        moves = MoveTasks(store: store, arrivals: arrivals, clock: clock)
        self.clock = clock
        self.credentials = credentials
        verifier = SignatureVerifier(credentials: credentials, clock: clock)
        let secret = Array("receipt-handle:\(credentials.secretAccessKey)".utf8)
        handleKey = Hash.sha256.digest(of: secret)
        let now = clock.now
        try store.write { try $0.deleteExpired(at: now) }
        clock.add(arrivals)
        clock.add(moves)
    }

    /// The longest body that is read: a batch whose every byte is escaped.
    private static let bodyLimit = 8 << 20
    private static let targetPrefix = "AmazonSQS."

    func claims(_ head: ServiceHead, isFree: Bool) -> Bool {
        if let target = head.headers.first(name: "x-amz-target") {
            return target.hasPrefix(Self.targetPrefix)
        }
        let authorization = head.headers.first(name: "authorization") ?? ""
        return authorization.hasPrefix("AWS4-") && authorization.contains("/sqs/aws4_request")
    }

    func answer(_ request: ServiceRequest) async throws -> ServiceResponse {
        let body = try await body(of: request)
        try authenticate(request, body)
        let operation = try operation(of: request)
        let json = try body.isEmpty ? .object([]) : JSON(parsing: body)
        guard case .object = json else { throw QueueError.malformed("The body is no object.") }
        let output = try await run(operation, QueueInput(json), host: request.head.host)
        return Self.response(200, output, id: request.id)
    }

    private func body(of request: ServiceRequest) async throws -> [UInt8] {
        do {
            let bytes = try await request.body.collect(upTo: Self.bodyLimit)
            return Array(bytes.readableBytesView)
        } catch ServiceBody.Problem.tooLarge {
            throw QueueError.tooLarge
        }
    }

    private func operation(of request: ServiceRequest) throws -> QueueOperation {
        guard let target = request.headers.first(name: "x-amz-target") else {
            throw QueueError.unknownOperation(
                "of the query protocol (the emulator speaks the JSON protocol, with X-Amz-Target)")
        }
        let name = String(target.dropFirst(Self.targetPrefix.count))
        guard request.method == "POST", let operation = QueueOperation(rawValue: name) else {
            throw QueueError.unknownOperation(name)
        }
        return operation
    }

    private func authenticate(_ request: ServiceRequest, _ body: [UInt8]) throws {
        do {
            let hash = Hex.encode(Hash.sha256.digest(of: body))
            _ = try verifier.verify(request.head, service: "sqs", payloadHash: hash)
        } catch let problem as SignatureProblem {
            throw QueueError(problem)
        }
    }

    private static func response(_ status: Int, _ json: JSON, id: String) -> ServiceResponse {
        ServiceResponse(
            status: status,
            headers: [("content-type", "application/x-amz-json-1.0"), ("x-amzn-requestid", id)],
            body: .bytes(ByteBuffer(bytes: json.bytes)))
    }

    func failure(_ error: any Error, of request: ServiceRequest) -> ServiceFailure {
        let refusal: QueueError
        switch error {
        case let error as QueueError: refusal = error
        case let error as JSONError: refusal = .malformed("The body is not JSON. \(error)")
        default: refusal = .internalError
        }
        let json: JSON = [
            "__type": .string("\(refusal.namespace)#\(refusal.type)"),
            "message": .string(refusal.message),
        ]
        var response = Self.response(refusal.status, json, id: request.id)
        let fault = refusal.status < 500 ? "Sender" : "Receiver"
        response.headers.append(("x-amzn-query-error", "\(refusal.code);\(fault)"))
        return ServiceFailure(response: response, isInternal: refusal.status >= 500)
    }
}

/// What SQS can be asked.
enum QueueOperation: String {
    case createQueue = "CreateQueue"
    case getQueueURL = "GetQueueUrl"
    case listQueues = "ListQueues"
    case getQueueAttributes = "GetQueueAttributes"
    case setQueueAttributes = "SetQueueAttributes"
    case deleteQueue = "DeleteQueue"
    case purgeQueue = "PurgeQueue"
    case sendMessage = "SendMessage"
    case sendMessageBatch = "SendMessageBatch"
    case receiveMessage = "ReceiveMessage"
    case deleteMessage = "DeleteMessage"
    case deleteMessageBatch = "DeleteMessageBatch"
    case changeMessageVisibility = "ChangeMessageVisibility"
    case changeMessageVisibilityBatch = "ChangeMessageVisibilityBatch"
    case listDeadLetterSourceQueues = "ListDeadLetterSourceQueues"
    case startMessageMoveTask = "StartMessageMoveTask"
    case listMessageMoveTasks = "ListMessageMoveTasks"
    case cancelMessageMoveTask = "CancelMessageMoveTask"
    // Not emulated.
    case tagQueue = "TagQueue"
    case untagQueue = "UntagQueue"
    case listQueueTags = "ListQueueTags"
    case addPermission = "AddPermission"
    case removePermission = "RemovePermission"
}

extension QueueService {
    func run(
        _ operation: QueueOperation, _ input: QueueInput, host: String
    ) async throws -> JSON {
        switch operation {
        case .createQueue: try createQueue(input, host: host)
        case .getQueueURL: try queueURL(input, host: host)
        case .listQueues: try listQueues(input, host: host)
        case .getQueueAttributes: try attributes(input)
        case .setQueueAttributes: try setAttributes(input)
        case .deleteQueue: try deleteQueue(input)
        case .purgeQueue: try purgeQueue(input)
        case .sendMessage: try send(input)
        case .sendMessageBatch: try sendBatch(input)
        case .receiveMessage: try await receive(input)
        case .deleteMessage: try deleteMessage(input)
        case .deleteMessageBatch: try deleteBatch(input)
        case .changeMessageVisibility: try changeVisibility(input)
        case .changeMessageVisibilityBatch: try changeVisibilityBatch(input)
        case .listDeadLetterSourceQueues: try deadLetterSources(input, host: host)
        case .startMessageMoveTask: try startMove(input)
        case .listMessageMoveTasks: try listMoves(input)
        case .cancelMessageMoveTask: try cancelMove(input)
        case .tagQueue, .untagQueue, .listQueueTags, .addPermission, .removePermission:
            throw QueueError.unsupported(
                """
                \(operation.rawValue) is not emulated: queues here have neither tags nor \
                permissions.
                """)
        }
    }
}
