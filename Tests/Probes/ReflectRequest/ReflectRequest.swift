import FunctionRuntime

/// Answers with the request as its host handed it over, and with two cookies.
@main
struct ReflectRequest: Function {
    static let route = Route.put("/reflections/{name}")

    struct Output: Codable {
        var name: String
        var path: String
        var query: String
        var firstValue: String?
        var contentType: String?
        var cookie: String?
        var greetings: [String]
        var host: String
        var body: JSON
        var remoteAddress: String
        var id: String
        var time: Timestamp
    }

    func handle(_ request: Request) throws -> Response {
        let output = Output(
            name: try request.path("name"),
            path: request.path,
            query: request.query.text,
            firstValue: request.query.pairs.first?.value,
            contentType: request.headers["content-type"],
            cookie: request.cookie("session"),
            // Some hosts hand two lines on as two, others as one (RFC 9110 §5.3): they mean the same.
            greetings: request.headers.all("x-greeting").flatMap { $0.split(separator: ",") }
                .map { String($0.drop { $0 == " " }) },
            host: request.host,
            body: .string(Base64.encode(request.body)),
            remoteAddress: request.remoteAddress,
            id: request.id,
            time: request.time)
        return try .json(output, status: 201)
            .adding("set-cookie", "first=1; Path=/").adding("set-cookie", "second=2; Path=/")
    }
}
