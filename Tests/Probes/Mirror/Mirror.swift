import FunctionRuntime

/// Answers with the body that it got.
@main
struct Mirror: Function {
    static let route = Route.post("/mirror")

    func handle(_ request: Request) throws -> Response {
        Response(
            status: 200,
            headers: [
                "content-type": request.headers["content-type"] ?? "application/octet-stream"
            ],
            body: request.body)
    }
}
