import FunctionRuntime
import NIOCore
import NIOHTTP1

extension InvokeService {
    /// Invokes a function: waits for its answer, or leaves it to itself, or only looks whether it
    /// could.
    func invoke(
        _ name: String, _ payload: ByteBuffer, _ request: ServiceRequest
    ) async throws -> ServiceResponse {
        let function = try find(name, request)
        let invocation = Invocation(
            function: function.mount, payload: try checked(payload), id: request.id,
            wantsLog: try wantsLog(request), clientContext: try clientContext(request))
        switch request.headers.first(name: "x-amz-invocation-type") ?? "RequestResponse" {
        case "RequestResponse":
            return try await answer(invocation, seconds: function.timeout)
        case "Event":
            guard payload.readableBytes <= LambdaLimits.event else {
                throw InvokeError.tooLargeEvent(payload.readableBytes)
            }
            events.add(invocation)
            return empty(202, request)
        case "DryRun": return empty(204, request)
        case let type:
            throw InvokeError.invalidParameter(
                "The invocation type is \(type); it can be RequestResponse, Event or DryRun.")
        }
    }

    /// One invocation, as the API was asked for it.
    struct Invocation: Sendable {
        /// Such as `Brainstorm/ListNews`.
        var function: String
        var payload: ByteBuffer
        var id: String
        var wantsLog = false
        /// JSON.
        var clientContext: String?
    }

    private func answer(
        _ invocation: Invocation, seconds: Double
    ) async throws -> ServiceResponse {
        let outcome = await triggers.invoke(invocation)
        var payload = outcome.payload
        var error = outcome.functionError
        switch outcome.status {
        case 200: break
        case 503: throw InvokeError.overloaded
        case 504:
            payload = ByteBuffer(bytes: LambdaFailure.late(invocation.id, seconds: seconds).body)
            error = "Unhandled"
        default: throw InvokeError.service(String(buffer: payload))
        }
        var response = ServiceResponse(
            status: 200,
            headers: [
                ("content-type", "application/json"), ("x-amzn-requestid", invocation.id),
                ("x-amz-executed-version", "$LATEST"),
            ], body: .bytes(payload))
        if let error { response.headers.append(("x-amz-function-error", error)) }
        if invocation.wantsLog {
            response.headers.append(("x-amz-log-result", Base64.encode(outcome.log)))
        }
        return response
    }

    private func empty(_ status: Int, _ request: ServiceRequest) -> ServiceResponse {
        ServiceResponse(status: status, headers: [("x-amzn-requestid", request.id)])
    }

    /// A payload must be JSON; none is an empty object.
    private func checked(_ payload: ByteBuffer) throws -> ByteBuffer {
        guard payload.readableBytes > 0 else { return ByteBuffer(string: "{}") }
        do {
            _ = try JSON(parsing: Array(payload.readableBytesView))
            return payload
        } catch {
            throw InvokeError.invalidContent(
                "Could not parse request body into json: Could not parse payload into json: \(error)"
            )
        }
    }

    private func wantsLog(_ request: ServiceRequest) throws -> Bool {
        switch request.headers.first(name: "x-amz-log-type") ?? "None" {
        case "None": return false
        case "Tail": return true
        case let type:
            throw InvokeError.invalidParameter("The log type is \(type); it can be None or Tail.")
        }
    }

    private func clientContext(_ request: ServiceRequest) throws -> String? {
        guard let text = request.headers.first(name: "x-amz-client-context") else { return nil }
        guard let bytes = Base64.decode(text), (try? JSON(parsing: bytes)) != nil else {
            throw InvokeError.invalidContent("Client context must be a valid Base64-encoded JSON")
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension Triggers {
    /// What came of an invocation by the API.
    struct Invoked: Sendable {
        /// 200 where the function was run to its end.
        var status: Int
        var payload: ByteBuffer
        /// Set where it failed.
        var functionError: String?
        /// The end of what it has written, where that was wanted.
        var log: [UInt8] = []
    }

    /// Runs a function once, and waits for it.
    func invoke(_ invocation: InvokeService.Invocation) async -> Invoked {
        guard let server else {
            return Invoked(status: 503, payload: ByteBuffer())
        }
        return await withCheckedContinuation { continuation in
            server.invoke(invocation) { continuation.resume(returning: $0) }
        }
    }
}
