import FunctionRuntime
import Glibc

/// Answers what happens on a WebSocket as its client says, and logs what it is told.
///
/// The client says so in a text of JSON, and for the beginning in the header `X-Answer`.
@main
struct AnswerEvents: Function {
    static let route = Route.webSocket("/answer-events")

    struct Answer: Decodable {
        var status: Int?
        var headers: JSON?
        var body: String?
        var base64: String?
        /// In milliseconds.
        var pause: UInt32?
        var crashes: Bool?
        /// Answers with the request's own header, as a text.
        var reflects: Bool?
    }

    func handle(_ request: Request) throws -> Response {
        let told = String(decoding: request.body, as: UTF8.self)
        Log.info("Told", ["events": told.replacing("\r\n", with: "|"), "path": request.path])
        let text =
            told == "OPEN\r\n"
            ? request.headers["x-answer"] ?? #"{"body": "OPEN\r\n"}"#
            : told.split(separator: "\r\n").first { $0.hasPrefix("{") }.map(String.init) ?? "{}"
        let answer = try JSON(parsing: text).decode(as: Answer.self)
        usleep((answer.pause ?? 0) * 1000)
        if answer.crashes == true { abort() }

        var response = Response(
            status: answer.status ?? 200,
            headers: ["content-type": "application/websocket-events"],
            body: answer.base64.flatMap { Base64.decode($0) } ?? Array((answer.body ?? "").utf8))
        if answer.reflects == true {
            let lines = request.headers.fields.map { "\($0.name): \($0.value)\n" }.joined()
            response.body = Array(
                "TEXT \(String(lines.utf8.count, radix: 16))\r\n\(lines)\r\n".utf8)
        }
        guard case .object(let headers)? = answer.headers else { return response }
        for header in headers { response.headers[header.name] = header.value.text }
        return response
    }
}
