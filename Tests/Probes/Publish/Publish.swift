import FunctionHTTP
import FunctionRuntime

/// Publishes what it is sent to a channel, in all forms: as it stands to streams, as a text to
/// WebSockets, and as the body of a response.
@main
struct Publish: Function {
    static let route = Route.post("/publish")

    var publisher = Publisher()

    struct Input: Decodable {
        var channel: String
        var content: String
        var id: String?
        var previousId: String?
        var closes: Bool?
    }

    func handle(_ request: Request) throws -> Response {
        let input = try request.json(as: Input.self)
        try publisher.publish([
            .init(
                input.channel, id: input.id, previousID: input.previousId, stream: input.content,
                message: input.content, response: .text(input.content),
                closes: input.closes ?? false)
        ])
        return .noContent
    }
}
