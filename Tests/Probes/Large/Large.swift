import FunctionRuntime

/// Answers with as many bytes as it is asked for.
@main
struct Large: Function {
    static let route = Route.get("/large/{size}")

    func handle(_ request: Request) throws -> Response {
        let line = Array("\"0123456789\"\t\u{FC}\n".utf8)
        let size = try request.path("size", as: Int.self)
        return Response(
            status: 200, headers: ["content-type": "text/plain; charset=utf-8"],
            body: (0..<size).map { line[$0 % line.count] })
    }
}
