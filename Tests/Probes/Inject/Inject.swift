import FunctionRuntime

/// Gives a header field that could end its line and start another.
@main
struct Inject: Function {
    static let route = Route.get("/inject/{where}")

    func handle(_ request: Request) throws -> Response {
        switch try request.path("where", as: String.self) {
        case "value": Response.text("Hello.").adding("x-note", "a\r\nset-cookie: session=stolen")
        case "name": Response.text("Hello.").adding("x-note: a\r\nset-cookie", "session=stolen")
        default:
            Response.text("Hello.").adding("content-length", "3").adding("connection", "close")
                .adding("transfer-encoding", "chunked").adding("set-cookie", "a=1")
                .adding("set-cookie", "b=2")
        }
    }
}
