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
public protocol Function {
    associatedtype Input: Decodable = Undeclared
    associatedtype Filter: Decodable = Undeclared
    associatedtype Output: Decodable = Undeclared

    /// Where it answers.
    static var route: Route { get }

    /// Makes the handler; its stored properties are its bindings, opened on first use.
    init()

    /// Answers one request.
    ///
    /// - Throws: a ``Failure`` that is meant for the caller; anything else becomes a 500.
    func handle(_ request: Request) throws -> Response

    /// Renders a failure in the app's envelope. An app gives it once, in a protocol that its
    /// functions conform to.
    static func render(_ failure: Failure) -> Response
}

/// Stands where a function declares no type.
public enum Undeclared: Decodable {
    public init(from decoder: any Decoder) throws {
        throw DecodingError.dataCorrupted(
            .init(codingPath: [], debugDescription: "The function declares no such type."))
    }
}

extension Function {
    /// `{"code", "message", "details"?}`.
    public static func render(_ failure: Failure) -> Response {
        var body: [JSON.Member] = [
            .init("code", .string(failure.code)), .init("message", .string(failure.message)),
        ]
        if !failure.details.isEmpty {
            body.append(
                .init(
                    "details",
                    .array(
                        failure.details.map {
                            ["path": .string($0.path), "message": .string($0.message)]
                        })))
        }
        return failure.response(JSON.object(body))
    }

    /// Starts the host that the environment names.
    public static func main() {
        Host.run(Self.self)
    }

    /// Answers a request, whatever happens within.
    ///
    /// - Returns: the response, and what the handler threw that was not meant for the caller.
    func answer(_ request: Request) -> (response: Response, error: (any Error)?) {
        var (response, error) = answerInFull(request)
        if request.method == "HEAD" {
            response.headers["content-length"] = String(response.body.count)
            response.body = []
        }
        return (response, error)
    }

    private func answerInFull(_ request: Request) -> (response: Response, error: (any Error)?) {
        do {
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
            return (try handle(request), nil)
        } catch let failure as Failure {
            return (Self.render(failure), nil)
        } catch {
            Log.error("The handler failed.", ["error": String(reflecting: error)])
            return (
                Self.render(
                    Failure(
                        500, "internal-error",
                        "Something went wrong here; the request's id is \(request.id).")),
                error
            )
        }
    }
}

extension Failure {
    /// A response of this status and these headers, with a JSON body.
    public func response(_ body: JSON) -> Response {
        var response = Response(status: status, headers: headers, body: body.bytes)
        response.headers["content-type"] = "application/json"
        return response
    }
}
