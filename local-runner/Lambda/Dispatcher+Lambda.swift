import NIOCore
import NIOHTTP1

/// An invocation by Lambda's Invoke API: what it wants and gets beside the payloads.
final class DirectInvocation {
    /// Whether the end of the function's log is wanted.
    let wantsLog: Bool
    /// JSON for the function's context.
    let clientContext: String?
    /// Set where the function failed.
    var functionError: String?
    var log: [UInt8] = []

    init(wantsLog: Bool, clientContext: String?) {
        self.wantsLog = wantsLog
        self.clientContext = clientContext
    }
}

extension Dispatcher {
    /// Gives a request to the worker whose address it bears.
    ///
    /// - Returns: whether there is one.
    func offer(_ call: Call, toWorkersAt path: Substring) -> Bool {
        guard path.hasPrefix(RuntimeRequest.prefix) else { return false }
        let token = path.dropFirst(RuntimeRequest.prefix.count).prefix { $0 != "/" }
        guard let worker = lambdaWorkers[String(token)] else { return false }
        let request = RuntimeRequest(method: call.method, path: path[token.endIndex...])
        call.connection?.isOfWorker = true
        call.recipient = { worker.receive(request, $0) }
        return true
    }

    /// Runs a function with a payload that nobody looks into.
    func invoke(
        _ invocation: InvokeService.Invocation,
        completion: @escaping (Triggers.Invoked) -> Void
    ) {
        guard !isStopping, let pool = pool(of: invocation.function) else {
            return completion(Triggers.Invoked(status: 503, payload: ByteBuffer()))
        }
        let head = HTTPRequestHead(
            version: .http1_1, method: .POST, uri: "/", headers: ["host": "localhost"])
        let direct = DirectInvocation(
            wantsLog: invocation.wantsLog, clientContext: invocation.clientContext)
        let call = makeCall(head, RequestTarget(head), hasBody: true, id: invocation.id) {
            call, answer in
            var logged = answer
            if direct.functionError != nil { logged.status = 500 }
            self.log(logged, for: call)
            completion(
                Triggers.Invoked(
                    status: answer.status, payload: answer.bytes,
                    functionError: direct.functionError, log: direct.log))
        }
        call.isTrigger = true
        call.invocation = direct
        call.body = invocation.payload
        call.pool = pool
        pool.submit(call)
    }
}
