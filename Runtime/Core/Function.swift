/// One HTTP endpoint, built as its own executable.
///
/// ```swift
/// import FunctionRuntime
///
/// /// Says hello.
/// @main
/// struct SayHello: Function {
///     static let route = Route.get("/hello/{name}")
///
///     func handle(_ request: Request) throws -> Response {
///         .text("Hello, \(try request.path("name", as: String.self))!")
///     }
/// }
/// ```
///
/// `main()` comes with the protocol: it recognizes the host from the environment and answers
/// requests until the host has no more. One process answers one request at a time, so a handler
/// is synchronous: the C libraries under the runtime block anyway, and a static executable that
/// links Swift's concurrency starts in 4.8 ms rather than 0.5.
///
/// A nested type named `Input` (the body), `Filter` (the query string) or `Output` (the answer) is
/// part of the function's description without being named again.
public protocol Function: Invocable {
    associatedtype Input: Decodable = Undeclared
    associatedtype Filter: Decodable = Undeclared
    associatedtype Output: Decodable = Undeclared

    /// Where it answers.
    static var route: Route { get }

    /// How long a request's body may be, in bytes; nil where that is the host's to say.
    ///
    /// A longer one is answered with 413. Hosts have limits of their own, and `local-runner doctor`
    /// compares them with this.
    static var bodyLimit: Int? { get }

    /// Refuses a request before anything else is done. An app gives it once, in a protocol that its
    /// functions conform to; without it every request is let in.
    ///
    /// - Throws: a ``Failure``.
    func admit(_ request: Request) throws

    /// Answers one request.
    ///
    /// - Throws: a ``Failure`` that is meant for the caller; anything else becomes a 500.
    func handle(_ request: Request) throws -> Response
}

/// Stands where a function declares no type.
public enum Undeclared: Decodable {
    public init(from decoder: any Decoder) throws {
        throw DecodingError.dataCorrupted(
            .init(codingPath: [], debugDescription: "The function declares no such type."))
    }
}

extension Function {
    public static var trigger: Trigger { .route(route) }

    public static var bodyLimit: Int? { nil }

    public func admit(_ request: Request) throws {}

    public func run(_ invocation: Invocation) -> Outcome {
        guard case .request(let request) = invocation else {
            return refuse(invocation, wants: "HTTP requests")
        }
        var outcome = outcome(of: request.id) {
            let request = try routed(request)
            try admit(request)
            try Self.checkLength(of: request.body)
            return Outcome(response: try handle(request))
        }
        if request.method == "HEAD" {
            outcome.response.headers["content-length"] = String(outcome.response.body.count)
            outcome.response.body = []
        }
        return outcome
    }

    private static func checkLength(of body: [UInt8]) throws {
        guard let bodyLimit, body.count > bodyLimit else { return }
        throw Failure(
            413, "content-too-large",
            "The body has \(body.count) bytes; this takes up to \(bodyLimit).")
    }

    /// The request with the values of the route's placeholders; a HEAD as the GET that it asks
    /// about.
    private func routed(_ request: Request) throws -> Request {
        guard let parameters = Self.route.match(request.path) else {
            throw Failure.notFound("Nothing is at \(request.path).")
        }
        guard Self.route.accepts(method: request.method) else {
            throw Failure(
                405, "method-not-allowed",
                "\(request.path) takes \(Self.route.method), not \(request.method).",
                headers: ["allow": Self.route.allow])
        }
        var request = request
        request.parameters = parameters
        if request.method == "HEAD" { request.method = "GET" }
        return request
    }
}
