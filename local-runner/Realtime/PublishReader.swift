import FunctionRuntime
import NIOCore
import NIOWebSocket

/// Reads what is published: `{"items": [{"channel", "id", "prev-id", "formats": {…}}]}`.
///
/// The formats may stand in the item itself, as older libraries write them.
enum PublishReader {
    private static let formats: Set = ["http-stream", "http-response", "ws-message"]

    /// The items, all of them checked.
    ///
    /// - Throws: ``GripProblem``, which names the item and the member; ``JSONError``.
    static func items(in body: ByteBuffer) throws -> [PublishedItem] {
        let root = try GripObject(
            try JSON(parsing: Array(body.readableBytesView)), "The body")
        guard case .array(let items)? = root.json["items"] else {
            throw GripProblem("The body needs \"items\", an array.")
        }
        return try items.enumerated().map { index, item in
            try self.item(try GripObject(item, "items[\(index)]"))
        }
    }

    private static func item(_ object: GripObject) throws(GripProblem) -> PublishedItem {
        var item = PublishedItem(channel: try object.requiredText("channel"))
        item.id = try object.text("id")
        item.previousID = try object.text("prev-id")
        item.isSequenced = try object.bool("no-seq") != true
        let own: Set = ["channel", "id", "prev-id", "no-seq", "meta", "size"]
        let formats: GripObject
        if let inner = try object.object("formats") {
            try object.allow(own.union(["formats"]))
            try inner.allow(Self.formats)
            formats = inner
        } else {
            try object.allow(own.union(Self.formats))
            formats = object
        }
        item.stream = try formats.object("http-stream").map(stream)
        item.response = try formats.object("http-response").map(response)
        item.message = try formats.object("ws-message").map(message)
        guard item.stream != nil || item.response != nil || item.message != nil else {
            throw GripProblem(
                "\(object.place) needs one format at least: http-stream, http-response or "
                    + "ws-message.")
        }
        return item
    }

    private static func stream(_ object: GripObject) throws(GripProblem) -> PublishedItem.Stream {
        try object.allow(["action", "content", "content-bin"])
        switch try object.text("action") ?? "send" {
        case "send": return .content(StreamPiece(try content(of: object)))
        case "hint": return .hint
        case "close": return .close
        case let other: throw unknown(other, object, "send, hint or close")
        }
    }

    private static func response(
        _ object: GripObject
    ) throws(GripProblem) -> PublishedItem.Response {
        switch try object.text("action") ?? "send" {
        case "send":
            guard object.json["body"] != nil || object.json["body-bin"] != nil else {
                throw GripProblem("\(object.place) needs \"body\" or \"body-bin\".")
            }
            let (answer, fieldNames) = try object.answer()
            return .content(PublishedResponse(answer: answer, fieldNames: fieldNames))
        case "hint": return .hint
        case let other: throw unknown(other, object, "send or hint")
        }
    }

    private static func message(_ object: GripObject) throws(GripProblem) -> PublishedItem.Message {
        try object.allow(["action", "type", "content", "content-bin", "code", "reason"])
        switch try object.text("action") ?? "send" {
        case "send": break
        case "refresh": return .refresh
        case "close":
            let code = try object.wholeNumber("code", in: 1000...4999)
            guard code.map(WebSocketFrames.isCode) ?? true else {
                throw GripProblem("\(object.place).code must be one that a WebSocket can say.")
            }
            return .close(code: code, reason: try object.text("reason") ?? "")
        case let other: throw unknown(other, object, "send, close or refresh")
        }
        let plain: WebSocketOpcode = object.json["content-bin"] == nil ? .text : .binary
        switch try object.text("type") {
        case nil: return try message(plain, try content(of: object), object)
        case "text": return try message(.text, try content(of: object), object)
        case "binary": return try message(.binary, try content(of: object), object)
        // A ping may be empty.
        case "ping": return try message(.ping, try object.content("content") ?? [], object)
        case "pong": return try message(.pong, try object.content("content") ?? [], object)
        case let other?:
            throw GripProblem(
                "\(object.place).type must be text, binary, ping or pong, not \"\(other)\".")
        }
    }

    private static func message(
        _ opcode: WebSocketOpcode, _ content: [UInt8], _ object: GripObject
    ) throws(GripProblem) -> PublishedItem.Message {
        do throws(WebSocketProblem) {
            return .content(try MessagePiece(opcode, content))
        } catch {
            throw GripProblem("\(object.place) cannot be sent. \(error.reason)")
        }
    }

    private static func content(of object: GripObject) throws(GripProblem) -> [UInt8] {
        guard let content = try object.content("content") else {
            throw GripProblem("\(object.place) needs \"content\" or \"content-bin\".")
        }
        return content
    }

    private static func unknown(
        _ action: String, _ object: GripObject, _ known: String
    ) -> GripProblem {
        GripProblem("\(object.place).action must be \(known), not \"\(action)\".")
    }
}
