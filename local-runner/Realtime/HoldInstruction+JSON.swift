import FunctionRuntime
import NIOCore

/// An instruction in a body, which says the same as the fields, and what the answer is.
///
///     {"hold": {"mode": "stream", "channels": [{"name": "prices", "prev-id": "7"}],
///               "timeout": 55, "keep-alive": {"content": "\n", "timeout": 30}},
///      "response": {"code": 200, "headers": [["content-type", "text/plain"]], "body": "hello"}}
extension HoldInstruction {
    mutating func add(json bytes: ByteBuffer, to answer: inout Answer) throws(GripProblem) {
        guard answer.status == 200 else {
            throw GripProblem("An answer of type \(Self.mediaType) must be a 200.")
        }
        guard let json = try? JSON(parsing: Array(bytes.readableBytesView)),
            case .object = json
        else { throw GripProblem("The body of type \(Self.mediaType) must be a JSON object.") }
        if let hold = json["hold"] { try add(hold: hold) }
        let response = try GripObject(json["response"] ?? [:], "response").answer()
        answer = response.answer
    }

    private mutating func add(hold: JSON) throws(GripProblem) {
        let hold = try GripObject(hold, "hold")
        try hold.allow(["mode", "channels", "timeout", "keep-alive"])
        let mode = try hold.text("mode") ?? Mode.response.rawValue
        self.mode = Mode(rawValue: mode)
        guard self.mode != nil else {
            throw GripProblem("hold.mode must be stream or response, not \"\(mode)\".")
        }
        guard case .array(let channels)? = hold.json["channels"] else {
            throw GripProblem("hold.channels must be an array.")
        }
        for (index, channel) in channels.enumerated() {
            let channel = try GripObject(channel, "hold.channels[\(index)]")
            try channel.allow(["name", "prev-id"])
            add(
                Channel(
                    name: try channel.requiredText("name"),
                    previousID: try channel.text("prev-id")))
        }
        if let seconds = try hold.wholeNumber("timeout", in: 0...1_000_000) {
            timeout = .seconds(Int64(seconds))
        }
        if let keepAlive = try hold.object("keep-alive") {
            try keepAlive.allow(["content", "content-bin", "timeout"])
            let seconds = try keepAlive.wholeNumber("timeout", in: 0...1_000_000) ?? 55
            self.keepAlive = KeepAlive(
                content: StreamPiece(try keepAlive.content("content") ?? []),
                interval: .seconds(Int64(max(1, seconds))), isIdle: false)
        }
    }
}
