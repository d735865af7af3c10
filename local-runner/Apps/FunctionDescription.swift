import FunctionRuntime

/// What a function says of itself (`--describe`), and its summary.
struct FunctionDescription: Sendable {
    /// All of it, as the function gave it.
    let json: JSON
    let trigger: Trigger
    let bindings: [Binding]
    /// Whether clients connect to its route with WebSockets.
    let isWebSocket: Bool
    /// How long a body it takes, in bytes; nil where it does not say.
    let bodyLimit: Int?
    /// The app's error body.
    let envelope: String
    var summary = ""

    /// When it runs.
    enum Trigger: Sendable, Equatable {
        /// The path of the route, then its aliases.
        case route(method: String, paths: [String])
        /// A cron expression.
        case schedule(String)
        case queue(Queue)

        /// For people.
        var description: String {
            switch self {
            case .route(let method, let paths): "\(method) \(paths[0])"
            case .schedule(let cron): "schedule \(cron)"
            case .queue(let queue): "queue \(queue.name)"
            }
        }
    }

    /// A queue whose messages it gets; the runtime's `QueueTrigger` says what the numbers mean.
    struct Queue: Sendable, Equatable, Decodable {
        var name: String
        var batchSize: Int
        var maxReceives: Int
        /// In seconds.
        var retryDelay: Int
    }

    /// Something outside that the function uses.
    struct Binding: Sendable, Equatable, Decodable {
        var kind: String
        var name: String
    }

    private struct Form: Decodable {
        struct Route: Decodable {
            var method: String
            var path: String
            var aliases: [String]?
            var webSocket: Bool?
        }

        var name: String
        var route: Route?
        var schedule: String?
        var queue: Queue?
        var bindings: [Binding]
        var bodyLimit: Int?
        var envelope: String

        func trigger(of function: String) throws -> Trigger {
            switch (route, schedule, queue) {
            case (let route?, nil, nil):
                .route(method: route.method, paths: [route.path] + (route.aliases ?? []))
            case (nil, let schedule?, nil): .schedule(schedule)
            case (nil, nil, let queue?): .queue(queue)
            default:
                throw RunnerError(
                    "The description of \(function) needs a route, a schedule or a queue.")
            }
        }
    }

    /// Reads what an executable has printed.
    ///
    /// - Parameters:
    ///   - json: what it has printed.
    ///   - function: the name that it must have.
    /// - Throws: ``RunnerError`` where this is no description of that function.
    init(_ json: JSON, of function: String) throws {
        let form: Form
        do {
            form = try json.decode()
        } catch {
            throw RunnerError("The description of \(function) is not one: \(error)")
        }
        guard form.name == function else {
            throw RunnerError(
                "The executable of \(function) says that it is \(form.name); build it again.")
        }
        self.json = json
        trigger = try form.trigger(of: function)
        bindings = form.bindings
        isWebSocket = form.route?.webSocket ?? false
        bodyLimit = form.bodyLimit
        envelope = form.envelope
    }

    /// The method of its route, in capitals; empty where it has none.
    var method: String {
        if case .route(let method, _) = trigger { method } else { "" }
    }

    /// The path of its route, then the aliases.
    var paths: [String] {
        if case .route(_, let paths) = trigger { paths } else { [] }
    }

    /// The names of its bindings of one kind.
    func names(of kind: String) -> [String] {
        bindings.filter { $0.kind == kind }.map(\.name)
    }
}
