import FunctionRuntime
import NIOCore
import NIOHTTP1

extension Dispatcher {
    /// Gives a request to the service whose it is.
    ///
    /// - Parameters:
    ///   - call: the request.
    ///   - target: where it goes.
    ///   - isFree: whether no app answers there.
    /// - Returns: whether it has been taken, be it to be refused.
    func offer(_ call: Call, to target: RequestTarget, isFree: Bool) -> Bool {
        guard isFree || Self.isSigned(call) else { return false }
        let head = ServiceHead(
            method: call.method, path: String(target.path), query: String(target.query),
            host: String(target.host), headers: call.head.headers)
        guard let service = services.first(where: { $0.claims(head, isFree: isFree) }) else {
            return false
        }
        if Self.isLoopback(Router.name(ofHost: target.host)) {
            call.service = ServiceCall(service, head)
        } else {
            call.ready = Refusal.strangeHost(target.host).answer(in: nil)
        }
        return true
    }

    /// Whether a request bears a signature of AWS, in a header or in the query.
    private static func isSigned(_ call: Call) -> Bool {
        if let authorization = call.head.headers.first(name: "authorization"),
            authorization.hasPrefix("AWS")
        {
            return true
        }
        return !call.query.isEmpty
            && (call.query.contains("X-Amz-Credential=") || call.query.contains("AWSAccessKeyId="))
    }

    /// Whether a host is this machine by its own name.
    ///
    /// A page elsewhere that gives its own name this machine's address (DNS rebinding) reaches no
    /// service.
    private static func isLoopback(_ name: String) -> Bool {
        ["localhost", "127.0.0.1", "[::1]"].contains(name) || name.hasSuffix(".localhost")
    }
}

extension Dispatcher {
    /// Runs a function that no client has asked for.
    ///
    /// - Parameters:
    ///   - function: such as `Brainstorm/ExpireSessions`.
    ///   - event: the members of the request beside `id`, `time` and `deadline`.
    ///   - time: what the function is told that it is, in epoch milliseconds.
    ///   - completion: gets what came of it.
    func run(
        _ function: String, _ event: [JSON.Member], time: Int64,
        completion: @escaping (Triggers.Outcome) -> Void
    ) {
        guard !isStopping, let pool = pool(of: function) else {
            let problem = isStopping ? "The runner is stopping." : "There is no \(function)."
            return completion(.notRun(problem))
        }
        let head = HTTPRequestHead(
            version: .http1_1, method: .POST, uri: "/",
            headers: ["host": "localhost", "content-type": "application/json"])
        let call = makeCall(head, RequestTarget(head), hasBody: true, time: time) { call, answer in
            self.log(answer, for: call)
            completion(Triggers.Outcome(answer))
        }
        let members =
            event + [
                .init("id", .string(call.id)), .init("time", .number(String(call.time))),
                .init("deadline", .number(String(call.deadline))),
            ]
        call.isTrigger = true
        call.body = ByteBuffer(bytes: JSON.object(members).bytes)
        call.pool = pool
        pool.submit(call)
    }
}

extension Triggers.Outcome {
    init(_ answer: Answer) {
        status = answer.status
        failed = answer.failed
        let body = String(buffer: answer.bytes)
        if isSuccess, !body.isEmpty, let items = try? JSON(parsing: body)["batchItemFailures"] {
            // What a function says of failed messages under CGI, and on AWS.
            guard case .array(let items) = items else { return }
            failed = items.compactMap { $0["itemIdentifier"]?.text }
        } else if !isSuccess {
            problem = body
        }
    }
}
