internal import FunctionRuntime

/// A client of HTTP services, on libcurl.
///
/// ```swift
/// let http = HTTP()
/// let answer = try http.send(.init("GET", "https://api.example.com/rates")).checked()
/// let rates = try JSON(parsing: answer.body).decode(as: Rates.self)
/// ```
///
/// One handle of libcurl is kept, and with it its connections: a second request to a host costs no
/// second handshake.
///
/// What nobody should have to remember holds for every request. Certificates are verified. Only
/// `http` and `https` are spoken, and no redirect is followed that was not asked for. No variable of
/// the environment makes a proxy of a stranger's choice (httpoxy): none is used. A request ends with
/// its timeout, with the deadline of the function's own request, or when nothing moves, whichever
/// is first. An answer is taken into memory up to a limit and no further.
///
/// A request is sent again, after a pause that doubles, where that cannot do a thing twice:
///
/// | what happened | which requests |
/// |---|---|
/// | no connection was made | all |
/// | 429; 503 with `Retry-After` | all: the service did nothing and asks for it |
/// | the connection broke; 500, 502, 503, 504 | those that may be sent twice (``Request/isRepeatable``) |
public final class HTTP {
    public struct Options: Sendable {
        /// For making a connection, its handshake included.
        public var connectTimeout: Duration = .seconds(5)
        /// For the whole, with all attempts; nil where only ``stallTimeout`` and the deadline count.
        public var timeout: Duration? = .seconds(30)
        /// For a transfer of which nothing moves.
        public var stallTimeout: Duration = .seconds(20)
        /// How much of an answer is taken into memory, in bytes.
        public var bodyLimit = 16 << 20
        /// How often a request is sent at most.
        public var attempts = 3
        /// The pause before the second attempt.
        public var pause: Duration = .milliseconds(50)
        /// A service that asks to wait longer than this gets its answer handed to the caller.
        public var longestPause: Duration = .seconds(5)

        public init() {}
    }

    public var options: Options
    private let transfer = Transfer()

    public init(_ options: Options = Options()) {
        self.options = options
    }

    /// Sends a request, and waits for its answer, whatever its status.
    ///
    /// - Parameters:
    ///   - request: what to send.
    ///   - sink: where the body of a successful answer (2xx) goes. Any other body is kept in memory.
    /// - Returns: the answer; its body is empty where it went elsewhere.
    /// - Throws: ``HTTPError`` where there is no whole answer, and what the sink throws.
    public func send(_ request: Request, to sink: Sink = .memory) throws -> Response {
        let start = Monotonic.now()
        var attempt = 1
        while true {
            let left = try timeLeft(since: start, for: request)
            let outcome = transfer.perform(request, to: sink, options, within: left)
            let pause = Retry(options: options, attempt: attempt)
                .pause(after: outcome, of: request)
            guard let pause, try timeLeft(since: start, for: request).map({ pause < $0 }) ?? true
            else { return try outcome.get() }
            Log.info(
                "A request to a service is sent once more.",
                ["request": request.summary, "because": Retry.reason(of: outcome)])
            Retry.sleep(pause)
            attempt += 1
        }
    }

    /// What the timeout and the deadline leave; nil where there is neither.
    private func timeLeft(since start: Duration, for request: Request) throws -> Duration? {
        var left = (request.timeout ?? options.timeout).map { $0 - (Monotonic.now() - start) }
        if let deadline = Current.deadline {
            // The function still has to say what went wrong.
            let margin: Duration = .milliseconds(50)
            let rest = Duration.microseconds(
                deadline.microseconds - Current.now().microseconds)
            left = min(left ?? rest - margin, rest - margin)
        }
        guard let left, left < .milliseconds(1) else { return left }
        throw HTTPError(.timedOut, request, "there was no time left for it")
    }
}
