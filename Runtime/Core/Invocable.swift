/// What a host can run: a ``Function``, a ``ScheduledFunction`` or a ``QueueFunction``.
///
/// Those three are what one writes; this is what their hosts see of them.
public protocol Invocable {
    /// Makes the handler; its stored properties are its bindings, opened on first use.
    init()

    /// What the app's functions use beside what each declares. An app gives it once, in a protocol
    /// that its functions conform to.
    static var sharedBindings: [any Binding] { get }

    /// Renders a failure in the app's envelope. An app gives it once, in a protocol that its
    /// functions conform to.
    static func render(_ failure: Failure) -> Response

    /// What `--describe` says of when it runs.
    static var trigger: Trigger { get }

    /// Runs it once, whatever happens within.
    func run(_ invocation: Invocation) -> Outcome
}

/// When a function runs.
public enum Trigger: Sendable {
    case route(Route)
    case schedule(Schedule)
    case queue(QueueTrigger)
}

/// One occasion to run a function.
public enum Invocation: Sendable {
    case request(Request)
    case schedule(ScheduledEvent)
    case messages([Message])

    /// What was sent, as an error names it.
    var words: String {
        switch self {
        case .request: "an HTTP request"
        case .schedule: "a scheduled time"
        case .messages: "messages of a queue"
        }
    }
}

/// What came of a run.
public struct Outcome: Sendable {
    /// Its status is below 400 where it went well.
    public var response: Response
    /// The ids of the messages to be delivered again.
    public var failed: [Message.ID] = []
    /// What the handler threw that was not meant for the caller.
    public var error: (any Error)?

    /// The failed messages as AWS Lambda has them: `{"batchItemFailures": [{"itemIdentifier": "…"}]}`.
    var batchItemFailures: JSON {
        ["batchItemFailures": .array(failed.map { ["itemIdentifier": .string($0)] })]
    }
}

extension Invocable {
    public static var sharedBindings: [any Binding] { [] }

    /// `{"code", "message", "details"?}`.
    public static func render(_ failure: Failure) -> Response {
        var body: [JSON.Member] = [
            .init("code", .string(failure.code)), .init("message", .string(failure.message)),
        ]
        if !failure.details.isEmpty {
            let details = failure.details.map { detail -> JSON in
                ["path": .string(detail.path), "message": .string(detail.message)]
            }
            body.append(.init("details", .array(details)))
        }
        return failure.response(JSON.object(body))
    }

    /// Starts the host that the environment names.
    public static func main() {
        Host.run(Self.self)
    }

    /// Runs a handler's body, and makes an outcome of whatever it throws.
    func outcome(of requestID: String, _ body: () throws -> Outcome) -> Outcome {
        do {
            return try body()
        } catch let failure as Failure {
            return Outcome(response: Self.render(failure))
        } catch {
            Log.error("The handler failed.", ["error": String(reflecting: error)])
            let failure = Failure(
                500, "internal-error",
                "Something went wrong here; the request's id is \(requestID).")
            return Outcome(response: Self.render(failure), error: error)
        }
    }

    /// The answer to an occasion that is another function's.
    func refuse(_ invocation: Invocation, wants: String) -> Outcome {
        Outcome(
            response: Self.render(
                .badRequest(
                    "\(Self.self) is run by \(wants); what came is \(invocation.words).")))
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
