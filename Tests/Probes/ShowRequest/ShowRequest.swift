import FunctionRuntime

/// Answers with all that it got.
@main
struct ShowRequest: Function {
    static let route = Route.get("/show/{name}").alias("/show")

    struct Output: Codable {
        var method: String
        var path: String
        var query: String
        var name: String?
        var headers: [[String]]
        var remoteAddress: String
        var id: String
        var hasDeadline: Bool
    }

    func handle(_ request: Request) throws -> Response {
        try .json(
            Output(
                method: request.method, path: request.path, query: request.query.text,
                name: request.path == "/show" ? nil : try request.path("name"),
                headers: request.headers.fields.map { [$0.name, $0.value] },
                remoteAddress: request.remoteAddress, id: request.id,
                hasDeadline: (request.deadline?.microseconds ?? 0) > request.time.microseconds))
    }
}
