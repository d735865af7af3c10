/// What a host can carry, which is what the doctor compares functions with and what packages set.
///
/// Vendors' limits stand here and nowhere else, each beside the page that names it. MB is 1024 × 1024
/// bytes where the vendor's page says so, or does not say.
struct HostTraits: Sendable {
    var target: HostTarget
    /// How long a request's body may be.
    var body: Limit?
    /// How long an answer's body may be.
    var answer: Limit?
    /// How long the request line and the header may be together.
    var header: Limit?
    /// Whether an answer's status and fields reach the client.
    var carriesStatus = true
    /// Whether a function gets every one of several header fields of one name.
    var carriesRepeatedFields = true
    /// Whether messages of a queue are delivered to functions.
    var deliversMessages = false
    /// Whether a function gets the path as the client wrote it, percent signs included.
    var keepsPath = false
    /// Whether the host ends a function that takes longer than it may.
    var endsSlowFunctions = false
    /// Whether a function is told the address of its peer; else it is in `X-Forwarded-For` alone.
    var tellsAddress = true
    /// Who runs scheduled functions.
    var clock: Clock

    struct Limit: Sendable {
        var bytes: Int
        /// Whose it is, and what of it can be changed.
        var reason: String
        /// Whether more can be had by a setting of the host's.
        var isSetting = false
    }

    enum Clock: Sendable {
        /// Five fields in the manner of Vixie's cron.
        case crontab
        /// Timers of systemd.
        case timers
        /// Amazon EventBridge.
        case eventBridge
        /// The cron-connector of OpenFaaS.
        case connector
    }

    /// What the local runner takes of a body, and what packages have web servers take.
    static let runnerBodyLimit = 10 << 20

    /// After so many seconds the local runner ends a function, unless told otherwise (`--deadline`).
    ///
    /// Packages set the same where the host has such a setting. It is also the most that an HTTP API waits for: 30 seconds
    /// (docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html).
    static let seconds = 30

    /// For so many seconds SQS hides a batch from others, which is also when what failed comes again.
    ///
    /// AWS advises six times as long as the function may take
    /// (docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html).
    static let visibilitySeconds = seconds * 6

    static func of(_ target: HostTarget) -> HostTraits {
        switch target {
        case .cgi: webServer(target, clock: .crontab)
        case .fastcgi: webServer(target, clock: .crontab)
        case .systemd: webServer(target, clock: .timers)
        case .lambda: lambda
        case .openfaas: openFaaS
        }
    }

    /// nginx, lighttpd, Apache: they decode the path for `PATH_INFO` (RFC 3875 §4.1.5).
    ///
    /// nginx refuses bodies above 1 MB unless `client_max_body_size` says otherwise
    /// (nginx.org/en/docs/http/ngx_http_core_module.html#client_max_body_size), and waits 60 seconds
    /// for an answer (`fastcgi_read_timeout`, ngx_http_fastcgi_module.html). Neither fcgiwrap nor a
    /// FastCGI client ends a process that is late.
    private static func webServer(_ target: HostTarget, clock: Clock) -> HostTraits {
        HostTraits(
            target: target,
            body: Limit(
                bytes: 1 << 20, reason: "nginx's own limit, which client_max_body_size changes",
                isSetting: true),
            clock: clock)
    }

    /// - An event may have 6 MB, and so may what a function answers; "MB" refers to 1024 KB
    ///   (docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html). A body that is no text is
    ///   in it as base64, four characters for three bytes; 64 KiB are left to the rest of the event.
    ///   So the 10 MB of an HTTP API are not reached.
    /// - Request line and header: 10,240 bytes (http-api-quotas.html, as above).
    /// - `rawPath` is decoded, and `/a%2Fb` is `/a/b` (github.com/fastify/aws-lambda-fastify/issues/169,
    ///   github.com/honojs/hono/issues/2156).
    private static let lambda = HostTraits(
        target: .lambda,
        body: Limit(
            bytes: ((6 << 20) - (64 << 10)) / 4 * 3,
            reason: "Lambda takes events of 6 MB, with the body in base64"),
        answer: Limit(
            bytes: ((6 << 20) - (64 << 10)) / 4 * 3,
            reason: "Lambda takes answers of 6 MB, with a body that is no text in base64"),
        header: Limit(
            bytes: 10_240, reason: "an HTTP API takes 10,240 bytes of request line and header"),
        deliversMessages: true, endsSlowFunctions: true, clock: .eventBridge)

    /// A process for each request, in the modes `serializing` and `streaming` of of-watchdog.
    ///
    /// What it writes is the body of an answer with status 200, or 500 where it fails
    /// (github.com/openfaas/of-watchdog/blob/master/README.md). `exec_timeout` ends it.
    private static let openFaaS = HostTraits(
        target: .openfaas, carriesStatus: false, carriesRepeatedFields: false, keepsPath: true,
        endsSlowFunctions: true,
        tellsAddress: false, clock: .connector)
}
