import NIOCore
import NIOHTTP1

/// One request, from its head to its answer.
final class Call {
    let id: String
    let head: HTTPRequestHead
    /// As it stands in the request line, without the query.
    let path: Substring
    /// Without the question mark.
    let query: Substring
    /// How many bytes of the path are the app's prefix.
    var prefixLength = 0
    /// Who answers; nil where the runner does.
    var pool: Pool?
    /// The runner's own answer, sent when the request is complete.
    var ready: Answer?
    /// Whether its head is unclear, so that nobody can tell where the next request starts.
    var isUnclear = false
    var body = ByteBuffer()
    /// Whether a body came with it, be it an empty one.
    let hasBody: Bool
    /// As the client asked for it, with its port.
    let host: Substring
    /// When it was taken, in epoch milliseconds and by the monotonic clock.
    let time: Int64
    let taken: NIODeadline
    let expiry: NIODeadline
    /// Whether the client, who asked, was told to send its body.
    var wasInvited = false
    /// Whether it was sent to a worker that was dead or dying.
    var wasRetried = false
    /// Whether cron or a queue runs the function; the body is then the whole event.
    var isTrigger = false
    /// The client's, without a port.
    var remoteAddress = ""
    /// Where the client has connected.
    var localPort = 0
    /// Header fields that the runner adds, as a GRIP proxy does; names in lower case.
    var proxyFields: [(name: String, value: String)] = []
    /// Whether the function is asked again what it has been asked before.
    var isRepeated = false
    /// By channel, the last ids that have contradicted holds; the function has been asked about them.
    var contradictions: [String: String] = [:]
    /// Where the answer goes; nil once the client is gone.
    var connection: HTTPConnection?
    /// A handshake that its function has to be asked about.
    var opening: WebSocketOpening?
    /// Who answers, where it is a service; its body is not gathered.
    var service: ServiceCall?
    /// Who takes it when it is complete, where that is neither a function nor a service.
    var recipient: ((Call) -> Void)?
    /// What an invocation by Lambda's Invoke API has beside its payload, the body.
    var invocation: DirectInvocation?
    /// Who gets the answer, beside the client or where none has asked.
    private let completion: ((Call, Answer) -> Void)?

    init(
        id: String, head: HTTPRequestHead, target: RequestTarget?, hasBody: Bool,
        time: Int64, taken: NIODeadline, expiry: NIODeadline,
        completion: ((Call, Answer) -> Void)? = nil
    ) {
        self.completion = completion
        self.id = id
        self.head = head
        host = target?.host ?? ""
        path = target?.path ?? "-"
        query = target?.query ?? ""
        self.hasBody = hasBody
        self.time = time
        self.taken = taken
        self.expiry = expiry
    }

    /// In capitals.
    var method: String { head.method.rawValue }

    /// The request line's second part, as it came.
    var target: String { head.uri }

    /// Whether somebody else than the client waits for the answer.
    var isAwaited: Bool { completion != nil }

    /// Whether the function believes what the runner says as a GRIP proxy.
    var isProxied: Bool { pool?.mount.realtime != nil }

    var isHTTP10: Bool { head.version == .http1_0 }

    /// Whether another request may follow.
    ///
    /// What asks for another protocol stays unparsed behind it, so the client must ask again
    /// without. A client that was not told to send its body may take the next answer for this one's
    /// (botocore does, also where the body is empty).
    var canKeepConnection: Bool {
        head.isKeepAlive && !head.headers.contains(name: "upgrade")
            && (wasInvited || !asksForInvitation)
    }

    /// Whether the client asks if it should send its body (RFC 9110 §10.1.1).
    var asksForInvitation: Bool {
        head.version == .http1_1 && head.headers[canonicalForm: "expect"].contains("100-continue")
    }

    var isHead: Bool { head.method == .HEAD }

    /// The path as the function sees it.
    var pathBelowMount: Substring {
        let below = path.utf8.dropFirst(prefixLength)
        return below.isEmpty ? "/" : Substring(below)
    }

    var deadline: Int64 { time + (expiry - taken).nanoseconds / 1_000_000 }

    /// Whether an answer to this request carries its body (RFC 9110 §6.4.1).
    func hasBody(of answer: Answer) -> Bool {
        !isHead && answer.status != 204 && answer.status != 304
    }

    func answer(_ answer: Answer) {
        completion?(self, answer)
        connection?.send(answer, for: self)
    }
}
