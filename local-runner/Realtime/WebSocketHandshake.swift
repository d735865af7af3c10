import FunctionCrypto
import FunctionRuntime
import NIOCore
import NIOHTTP1

/// A client's wish to speak WebSocket from now on (RFC 6455 §4).
struct WebSocketHandshake {
    enum Reading {
        /// A plain request.
        case none
        case asked(WebSocketHandshake)
        case refused(Refusal)
    }

    /// What shows the client that its key was understood.
    let accept: String
    /// The subprotocols that it offers.
    let subprotocols: [String]

    static func read(_ call: Call) -> Reading {
        let head = call.head
        let upgrades = head.headers[canonicalForm: "upgrade"].map { $0.lowercased() }
        guard head.method == .GET, upgrades.contains("websocket") else { return .none }
        guard head.version == .http1_1, !call.hasBody,
            head.headers[canonicalForm: "connection"].contains(where: {
                $0.lowercased() == "upgrade"
            })
        else {
            return .refused(
                .badRequest(
                    """
                    A WebSocket begins with a GET in HTTP/1.1, without a body and with \
                    "Connection: Upgrade".
                    """))
        }
        guard head.headers["sec-websocket-version"] == ["13"] else {
            return .refused(.webSocketVersion)
        }
        let keys = head.headers["sec-websocket-key"]
        guard keys.count == 1, keys[0].utf8.count == 24, Base64.decode(keys[0])?.count == 16 else {
            return .refused(
                .badRequest("Sec-WebSocket-Key must be 16 bytes in base64, such as a client makes.")
            )
        }
        return .asked(
            WebSocketHandshake(
                accept: accept(forKey: keys[0]),
                subprotocols: head.headers[canonicalForm: "sec-websocket-protocol"]
                    .map(String.init)))
    }

    /// RFC 6455 §4.2.2, point 5.4.
    static func accept(forKey key: String) -> String {
        Base64.encode(Hash.sha1.digest(of: key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
    }

    /// The response after which the connection is a WebSocket.
    func response(to call: Call, _ answer: WebSocketAnswer) -> ByteBuffer {
        var head = ByteBuffer(
            string: """
                HTTP/1.1 101 Switching Protocols\r
                connection: Upgrade\r
                upgrade: websocket\r
                sec-websocket-accept: \(accept)\r
                x-request-id: \(call.id)\r

                """)
        if let subprotocol = answer.subprotocol, subprotocols.contains(subprotocol) {
            head.writeString("sec-websocket-protocol: \(subprotocol)\r\n")
        }
        for field in answer.fields { head.writeString("\(field.name): \(field.value)\r\n") }
        head.writeStaticString("\r\n")
        return head
    }
}

extension Refusal {
    fileprivate static let webSocketVersion = Refusal(
        status: 426, code: "upgrade-required",
        message: "WebSockets are spoken here in version 13 (RFC 6455).",
        headers: [("sec-websocket-version", "13"), ("upgrade", "websocket")])
}
