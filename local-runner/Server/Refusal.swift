import NIOCore

/// What the runner answers by itself, in words meant for the caller.
///
/// Within an app it wears the app's envelope; elsewhere it is `{"code", "message"}`.
struct Refusal {
    var status: Int
    var code: String
    var message: String
    var headers: [(name: String, value: String)] = []

    static let envelope = #"{"code":"{code}","message":"{message}"}"#

    /// - Parameter envelope: the app's; nil for the runner's own.
    /// - Returns: the answer, ready to be sent.
    func answer(in envelope: String?) -> Answer {
        var json = ByteBuffer()
        var rest = Substring(envelope ?? Self.envelope)
        while let start = rest.firstIndex(of: "{") {
            let (isCode, isMessage) = (
                rest[start...].hasPrefix("{code}"), rest[start...].hasPrefix("{message}")
            )
            guard isCode || isMessage else {
                json.writeSubstring(rest[...start])
                rest = rest[rest.index(after: start)...]
                continue
            }
            json.writeSubstring(rest[..<start])
            json.writeJSONText(isCode ? code : message)
            rest = rest[start...].dropFirst(isCode ? 6 : 9)
        }
        json.writeSubstring(rest)
        var answer = Answer(status: status)
        answer.body = .bytes(json)
        answer.add("content-type", "application/json")
        for header in headers { answer.add(header.name, header.value) }
        return answer
    }
}

extension Refusal {
    static func badRequest(_ message: String) -> Refusal {
        Refusal(status: 400, code: "bad-request", message: message)
    }

    static let malformedPath = badRequest(
        "The path cannot be decoded; a percent sign needs two hexadecimal digits, and UTF-8.")

    static func notFound(_ path: Substring) -> Refusal {
        Refusal(status: 404, code: "not-found", message: "Nothing is at \(path).")
    }

    static func methodNotAllowed(_ path: Substring, _ method: String, allow: String) -> Refusal {
        Refusal(
            status: 405, code: "method-not-allowed",
            message: "\(path) takes \(allow), not \(method).", headers: [("allow", allow)])
    }

    static func strangeHost(_ host: Substring) -> Refusal {
        Refusal(
            status: 421, code: "misdirected-request",
            message: """
                What the runner emulates answers at localhost and 127.0.0.1, not at \(host).
                """)
    }

    static let slowClient = Refusal(
        status: 408, code: "request-timeout",
        message: "The request did not arrive in time; send it again, whole.")

    static func tooLarge(limit: Int) -> Refusal {
        Refusal(
            status: 413, code: "content-too-large",
            message: "The body is larger than \(limit) bytes, which is the limit here.")
    }

    static let headersTooLarge = Refusal(
        status: 431, code: "headers-too-large",
        message: "The header fields are larger than 80 kB; send fewer or shorter ones.")

    static func failed(_ message: String) -> Refusal {
        Refusal(status: 502, code: "function-failed", message: message)
    }

    static func overloaded(_ name: String) -> Refusal {
        Refusal(
            status: 503, code: "overloaded",
            message: "\(name) has more requests waiting than it can take; try again in a second.",
            headers: [("retry-after", "1")])
    }

    static func late(_ name: String, after nanoseconds: Int64) -> Refusal {
        Refusal(
            status: 504, code: "deadline-exceeded",
            message:
                "\(name) did not answer within \(Double(nanoseconds) / 1e9) seconds and was ended.")
    }

    static let stopping = Refusal(
        status: 503, code: "stopping", message: "The runner is stopping; try again in a moment.",
        headers: [("retry-after", "1")])
}
