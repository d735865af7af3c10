/// What `--describe` prints: all that a host must know to mount a function.
///
/// The summary of the documentation is not in it, because an executable does not hold its
/// comments; the runner adds it from the source.
struct Description {
    static func json<Handler: Function>(of type: Handler.Type) throws -> JSON {
        var members: [JSON.Member] = [
            .init("name", .string("\(type)")),
            .init(
                "route",
                .object(
                    [
                        .init("method", .string(type.route.method)),
                        .init("path", .string(type.route.path)),
                    ]
                        + (type.route.aliases.isEmpty
                            ? []
                            : [.init("aliases", .array(type.route.aliases.map(JSON.string)))]))),
            .init("bindings", .array(bindings(of: type.init()))),
        ]
        for (name, declared) in [
            ("input", Handler.Input.self as any Decodable.Type),
            ("filter", Handler.Filter.self), ("output", Handler.Output.self),
        ] where declared != Undeclared.self {
            members.append(.init(name, try Schema(of: declared).json))
        }
        let envelope = type.render(Failure(500, "{code}", "{message}"))
        members.append(.init("envelope", .string(String(decoding: envelope.body, as: UTF8.self))))
        return .object(members)
    }

    private static func bindings(of handler: some Function) -> [JSON] {
        Mirror(reflecting: handler).children.compactMap { $0.value as? any Binding }.map {
            ["kind": .string($0.binding.kind), "name": .string($0.binding.name)]
        }
    }
}
