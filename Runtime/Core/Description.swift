/// What `--describe` prints: all that a host must know to mount a function.
///
/// The summary of the documentation is not in it, because an executable does not hold its
/// comments; the runner adds it from the source.
struct Description {
    static func json<Handler: Invocable>(of type: Handler.Type) throws -> JSON {
        var members: [JSON.Member] = [.init("name", .string("\(type)")), trigger(of: type)]
        members.append(.init("bindings", .array(bindings(of: type.init()))))
        if let function = type as? any Function.Type { members += try schemas(of: function) }
        let envelope = type.render(Failure(500, "{code}", "{message}"))
        members.append(.init("envelope", .string(String(decoding: envelope.body, as: UTF8.self))))
        return .object(members)
    }

    private static func trigger<Handler: Invocable>(of type: Handler.Type) -> JSON.Member {
        switch type.trigger {
        case .route(let route):
            var members: [JSON.Member] = [
                .init("method", .string(route.method)), .init("path", .string(route.path)),
            ]
            if !route.aliases.isEmpty {
                members.append(.init("aliases", .array(route.aliases.map(JSON.string))))
            }
            if route.isWebSocket { members.append(.init("webSocket", true)) }
            return .init("route", .object(members))
        case .schedule(let schedule): return .init("schedule", .string(schedule.cron))
        case .queue(let queue):
            return .init(
                "queue",
                [
                    "name": .string(queue.name), "batchSize": .number(String(queue.batchSize)),
                    "maxReceives": .number(String(queue.maxReceives)),
                    "retryDelay": .number(String(queue.retryDelay)),
                ])
        }
    }

    private static func schemas<Handler: Function>(of type: Handler.Type) throws -> [JSON.Member] {
        var members: [JSON.Member] = []
        for (name, declared) in [
            ("input", Handler.Input.self as any Decodable.Type),
            ("filter", Handler.Filter.self), ("output", Handler.Output.self),
        ] where declared != Undeclared.self {
            members.append(.init(name, try Schema(of: declared).json))
        }
        if let limit = type.bodyLimit {
            members.append(.init("bodyLimit", .number(String(limit))))
        }
        return members
    }

    private static func bindings<Handler: Invocable>(of handler: Handler) -> [JSON] {
        let own = Mirror(reflecting: handler).children.compactMap { $0.value as? any Binding }
        return (Handler.sharedBindings + own).map {
            ["kind": .string($0.binding.kind), "name": .string($0.binding.name)]
        }
    }
}
