import NIOCore

/// A function's answer to events of a WebSocket.
struct WebSocketAnswer {
    /// Why it is none.
    struct Problem: Error {
        var text: String
    }

    /// How the time between empty calls is to change.
    enum Beat: Equatable {
        case none
        /// In seconds.
        case every(Int)
    }

    var events: [WebSocketEvent] = []
    /// What the connection is to remember; an empty value is to be forgotten.
    var meta: [(name: String, value: String)] = []
    /// Nil where it stays as it was.
    var beat: Beat?
    /// What a text begins with that is for the client; nil where all of them are.
    var messagePrefix: String?
    var subprotocol: String?
    /// The fields that are for the client, when the connection opens.
    var fields: [(name: String, value: String)] = []

    init(_ answer: Answer) throws(Problem) {
        guard answer.status == 200 else { throw Problem(text: "it answered \(answer.status)") }
        var type: Substring = ""
        for (name, value) in answer.fieldList {
            if name == "content-type" { type = value.prefix { $0 != ";" && $0 != " " } }
            try take(name, value)
        }
        guard type == WebSocketEvent.mediaType else {
            throw Problem(text: "its answer is not \(WebSocketEvent.mediaType)")
        }
        do {
            events = try WebSocketEvent.read(answer.bytes)
        } catch {
            throw Problem(text: "its answer is not a sequence of events: \(error)")
        }
    }

    private mutating func take(_ name: String, _ value: String) throws(Problem) {
        switch name {
        case "keep-alive-interval":
            beat = Int(value).flatMap { $0 > 0 ? .every(min($0, 1 << 30)) : nil } ?? Beat.none
        case "sec-websocket-extensions": messagePrefix = Self.prefix(in: value) ?? messagePrefix
        case "sec-websocket-protocol": subprotocol = value
        case "content-bytes-accepted":
            throw Problem(
                text: """
                    it answered with Content-Bytes-Accepted, but is not told a second time what it \
                    was told
                    """)
        case "content-type", "sec-websocket-accept", "sec-websocket-version": break
        case _ where name.hasPrefix("set-meta-"):
            meta.append((String(name.dropFirst("set-meta-".utf8.count)), value))
        default: fields.append((name, value))
        }
    }

    /// The prefix that the extension `grip` says, `m:` where it says none.
    private static func prefix(in extensions: String) -> String? {
        for text in extensions.split(separator: ",") {
            let parts = text.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" } }
            guard parts.first == "grip" else { continue }
            let name = "message-prefix="
            guard let prefix = parts.first(where: { $0.hasPrefix(name) }) else { return "m:" }
            return String(prefix.dropFirst(name.utf8.count).filter { $0 != "\"" })
        }
        return nil
    }
}

extension Answer {
    /// The fields, with their names in lower case.
    fileprivate var fieldList: [(name: String, value: String)] {
        String(buffer: fields).split(separator: "\r\n").compactMap { line in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            return (line[..<colon].lowercased(), String(line[colon...].dropFirst(2)))
        }
    }
}
