import NIOCore

/// How the server behaves; the defaults are what `local-runner up` uses.
struct ServerOptions: Sendable {
    /// 0 takes any free port (``Server/port`` tells which).
    var port = 8787
    /// Where it listens.
    ///
    /// An address that the machine does not have is left out, as long as one is
    /// there.
    var addresses = ["127.0.0.1", "::1"]
    /// How many processes of one function may run at once.
    var workersPerFunction = max(2, 2 * System.coreCount)
    /// How many requests of one function may wait for a worker; beyond that the answer is 503.
    var queueLimit = 256
    /// From when a request is taken until its answer must be there; beyond that it is 504.
    var deadline = TimeAmount.seconds(Int64(HostTraits.seconds))
    /// After so long without a request a worker is sent home.
    var idleTimeout = TimeAmount.seconds(60)
    /// In bytes; a larger body is answered with 413.
    var bodyLimit = HostTraits.runnerBodyLimit
    /// A response's line may be as long as this, in bytes.
    var responseLimit = 64 << 20
    /// How long a client may take over its headers, and over each pause in its body.
    var clientTimeout = TimeAmount.seconds(15)
    /// How long a connection is kept between requests.
    var keepAliveTimeout = TimeAmount.seconds(75)
    /// A held client that has not taken so many bytes of what was sent to it is dropped; of a
    /// WebSocket, no more waits for its function either.
    var unsentLimit = 1 << 20
    /// After so long a function is asked again that could not say what a stream has missed; each
    /// time after twice as long.
    var holdRetryDelay = TimeAmount.seconds(1)
    /// How many functions are asked at once what streams have missed.
    var inquiryLimit = 32
    /// The longest message of a WebSocket, in bytes.
    var messageLimit = 1 << 20
    /// How long a client of a WebSocket may take to agree to its end.
    var closeTimeout = TimeAmount.seconds(10)
    var workerKind = WorkerKind.warm
    /// Whether a line is logged for each request.
    var logsRequests = true
}

/// How functions are run.
enum WorkerKind: Sendable, CaseIterable {
    /// By processes that read request after request from standard input.
    case warm
    /// By a process for each request, as CGI.
    case cgi
    /// By processes that ask Lambda's Runtime API for invocations.
    case lambda
}
