import FunctionRuntime
import NIOCore
import NIOHTTP1

/// A request to Lambda's Runtime API, version 2018-06-01, as a worker sends it.
enum RuntimeRequest {
    case next
    /// The answer to an invocation, by its id.
    case response(Substring)
    case error(Substring)
    case initError
    case unknown(Substring)

    /// Where the runner has it; the worker's own part follows.
    static let prefix = "/_/lambda/"
    private static let version = "/2018-06-01/runtime/"

    /// - Parameters:
    ///   - method: in capitals.
    ///   - path: behind the worker's own part.
    init(method: String, path: Substring) {
        let parts = path.dropFirst(Self.version.count).split(separator: "/")
        self =
            switch (method, parts.count, parts.first, parts.last) {
            case _ where !path.hasPrefix(Self.version): .unknown(path)
            case ("GET", 2, "invocation", "next"): .next
            case ("POST", 3, "invocation", "response"): .response(parts[1])
            case ("POST", 3, "invocation", "error"): .error(parts[1])
            case ("POST", 2, "init", "error"): .initError
            default: .unknown(path)
            }
    }
}

extension RuntimeRequest {
    /// An invocation for the worker.
    ///
    /// The runner's clock may have been moved, so the time goes along.
    static func invocation(_ call: Call, of function: String) -> Answer {
        var answer = Answer(status: 200)
        answer.add("content-type", "application/json")
        answer.add("lambda-runtime-aws-request-id", call.id)
        answer.add("lambda-runtime-deadline-ms", String(call.deadline))
        answer.add("lambda-runtime-invoked-function-arn", LambdaName.arn(of: function))
        answer.add("lambda-runtime-trace-id", trace(of: call))
        answer.add("apus-request-time", String(call.time))
        if let context = call.invocation?.clientContext {
            answer.add("lambda-runtime-client-context", context)
        }
        answer.body = .bytes(payload(of: call, for: function))
        return answer
    }

    /// X-Ray's header: nobody traces here, but tracing SDKs want one.
    private static func trace(of call: Call) -> String {
        let time = String(call.time / 1000, radix: 16)
        let id = (0..<24).map { _ in String(Int.random(in: 0..<16), radix: 16) }.joined()
        return "Root=1-\(time)-\(id);Parent=\(id.prefix(16));Sampled=0"
    }

    private static func payload(of call: Call, for function: String) -> ByteBuffer {
        if call.invocation != nil { return call.body }
        guard call.isTrigger else {
            return ByteBuffer(bytes: HTTPEvent.json(of: Request(call)).bytes)
        }
        let envelope = (try? JSON(parsing: Array(call.body.readableBytesView))) ?? .null
        let event = TriggerEvent.json(of: envelope, for: function, id: call.id, time: call.time)
        return ByteBuffer(bytes: event.bytes)
    }

    static let accepted = Answer(status: 202, json: #"{"status":"OK"}"#)
    static let unknownID = refusal(400, "InvalidRequestID", "Invalid request ID")
    static let tooLarge = refusal(
        413, "RequestEntityTooLarge",
        "Exceeded maximum allowed payload size (\(LambdaLimits.response) bytes).")

    static func refusal(_ status: Int, _ type: String, _ message: String) -> Answer {
        let json: JSON = ["errorMessage": .string(message), "errorType": .string(type)]
        return Answer(status: status, json: String(decoding: json.bytes, as: UTF8.self))
    }
}

extension Request {
    /// What a client has asked of a function.
    fileprivate init(_ call: Call) {
        var headers = Headers()
        for field in RequestFields.of(call) { headers.append(field.name, field.value) }
        self.init(
            method: call.method, path: String(call.pathBelowMount), query: String(call.query),
            headers: headers, body: Array(call.body.readableBytesView),
            remoteAddress: call.remoteAddress, id: call.id,
            time: Timestamp(milliseconds: call.time),
            deadline: Timestamp(milliseconds: call.deadline))
    }
}
