public import FunctionRuntime

/// Asks the GRIP proxy to keep the client's connection when the function has ended.
///
/// ```swift
/// return Response.events([.init("connected", data)])
///     .held(.stream(["prices"], keepAlive: .comment, next: "?resume"))
/// ```
///
/// The channels say what is delivered on it; ``FunctionHTTP/Publisher`` publishes.
public struct Hold: Sendable, Equatable {
    /// What is delivered.
    public struct Channel: Sendable, Equatable, ExpressibleByStringLiteral {
        public var name: String
        /// The id of the last item that the answer takes account of.
        ///
        /// Where the proxy has seen a later one, it asks again: a stream's `next`, else by the same
        /// request.
        public var previousID: String?

        public init(_ name: String, previousID: String? = nil) {
            self.name = name
            self.previousID = previousID
        }

        public init(stringLiteral name: String) {
            self.init(name)
        }
    }

    /// What the proxy sends where nothing else is to be sent, so that nobody in between takes the
    /// connection for dead.
    public struct KeepAlive: Sendable, Equatable {
        public var content: String
        /// In seconds.
        public var interval: Int

        public init(_ content: String, interval: Int = 30) {
            self.content = content
            self.interval = interval
        }

        /// An empty comment of a stream of events, every 30 seconds.
        public static let comment = KeepAlive(":\n\n")
    }

    enum Mode: String {
        case stream
        case response
    }

    let mode: Mode
    let channels: [Channel]
    var timeout: Int?
    var keepAlive: KeepAlive?
    var next: String?

    /// The answer begins at once, and goes on with what is published.
    ///
    /// - Parameters:
    ///   - channels: what is delivered.
    ///   - keepAlive: what is sent when nothing else is.
    ///   - next: a reference, resolved against the request's address, that the proxy asks when it
    ///     has missed something, and every two minutes while nothing comes; the answer's body goes
    ///     to the client. The header `Grip-Last` says, for each channel, what came last. A channel
    ///     with a `previousID` needs it.
    /// - Returns: the hold.
    public static func stream(
        _ channels: [Channel], keepAlive: KeepAlive? = nil, next: String? = nil
    ) -> Hold {
        Hold(mode: .stream, channels: channels, keepAlive: keepAlive, next: next)
    }

    /// The answer waits until something is published, which then takes its place.
    ///
    /// - Parameters:
    ///   - channels: what is waited for.
    ///   - timeout: in seconds; the answer itself is sent then. Nil for the proxy's own, 55.
    /// - Returns: the hold.
    public static func response(_ channels: [Channel], timeout: Int? = nil) -> Hold {
        Hold(mode: .response, channels: channels, timeout: timeout)
    }

    /// The header lines that say so to the proxy, one of each name: some hosts join them, and then
    /// the answer would not be the same everywhere.
    var headers: [(name: String, value: String)] {
        let channels = channels.map { $0.name + ($0.previousID.map { "; prev-id=\($0)" } ?? "") }
        var lines = [(name: "grip-hold", value: mode.rawValue)]
        lines.append(("grip-channel", channels.joined(separator: ", ")))
        if let timeout { lines.append(("grip-timeout", String(timeout))) }
        if let keepAlive {
            lines.append(
                (
                    "grip-keep-alive",
                    "\(Self.escape(keepAlive.content)); format=cstring; timeout=\(keepAlive.interval)"
                ))
        }
        if let next { lines.append(("grip-link", "<\(Self.escapeLink(next))>; rel=next")) }
        return lines
    }

    /// A reference in which nothing ends the value of a header's list: Pushpin does not look for the
    /// bracket first.
    static func escapeLink(_ reference: String) -> String {
        var escaped = ""
        for character in reference {
            switch character {
            case ",": escaped += "%2C"
            case ";": escaped += "%3B"
            default: escaped.append(character)
            }
        }
        return escaped
    }

    /// A text as C writes it, where what could end the parameter is escaped too.
    private static func escape(_ text: String) -> String {
        let plain = " !#$&()*+-./:?@[]^_`{|}~".utf8
        var escaped = ""
        for byte in text.utf8 {
            if byte.isAlphanumeric || plain.contains(byte) {
                escaped.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                escaped += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
        return escaped
    }
}

extension Response {
    /// The same answer, whose connection the GRIP proxy holds.
    public func held(_ hold: Hold) -> Response {
        var response = self
        for line in hold.headers { response.headers.append(line.name, line.value) }
        return response
    }
}
