import FunctionCrypto
import FunctionRuntime
import Testing

@testable import FunctionRealtime

@Suite struct WebSocketEventTests {
    @Test func `events are read as they were written`() throws {
        let events: [WebSocketEvent] = [
            .open, .text(""), .text("hällo\r\n"), .binary([0, 13, 10, 255]), .ping([]), .pong([1]),
            .close(code: nil, reason: ""), .close(code: 1000, reason: "bye"), .disconnect,
        ]
        #expect(try WebSocketEvent.read(events.flatMap(\.bytes)) == events)
        #expect(try WebSocketEvent.read([]) == [.beat])
        #expect(WebSocketEvent.beat.bytes == [])
        #expect(
            String(
                decoding: WebSocketEvent.text(String(repeating: "x", count: 30)).bytes.prefix(9),
                as: UTF8.self) == "TEXT 1e\r\n")
    }

    @Test(arguments: [
        "OPEN", "OPEN\n", "OPEN\r", "OPEN \r\nx", "TEXT 5\r\nhell", "TEXT 5\r\nhello",
        "TEXT -1\r\n\r\n",
        "TEXT x\r\n\r\n", "TEXT 1\r\n\u{80}\r\n", "SING 1\r\nx\r\n", "\r\n",
        "TEXT ffffffffff\r\nx\r\n",
        "TEXT 1\r\nxx\r\n",
    ])
    func `what is no sequence of events is refused`(text: String) {
        #expect(throws: MalformedEvents.self) { try WebSocketEvent.read(Array(text.utf8)) }
    }
}

@Suite struct HoldTests {
    private func lines(_ hold: Hold) -> [String] { hold.headers.map { "\($0.name): \($0.value)" } }

    @Test func `a hold is header fields`() {
        #expect(
            lines(
                .stream(
                    ["a", .init("b", previousID: "7")], keepAlive: .init("a;\n", interval: 9),
                    next: "?x=a,b;c"))
                == [
                    "grip-hold: stream", "grip-channel: a, b; prev-id=7",
                    "grip-keep-alive: a\\x3b\\x0a; format=cstring; timeout=9",
                    "grip-link: <?x=a%2Cb%3Bc>; rel=next",
                ])
        #expect(
            lines(.response(["a"], timeout: 3))
                == ["grip-hold: response", "grip-channel: a", "grip-timeout: 3"])
        let response = Response.text("x").held(.response(["a"]))
        #expect(response.headers["grip-hold"] == "response")
    }
}

@Suite struct GripAddressTests {
    @Test func `reads what the gripcontrol libraries read`() throws {
        let address = try GripAddress("http://localhost:5561?iss=pushpin&key=changeme")
        #expect(address.controlURL == "http://localhost:5561/")
        #expect(address.publishKey?.bytes == Array("changeme".utf8))
        #expect(address.publishKey?.issuer == "pushpin")
        #expect(address.proxyKey?.bytes == Array("changeme".utf8))

        let other = try GripAddress(
            "https://x/y/?key=base64:AP8+/w==&verify-key=abc&verify-iss=fastly:x")
        #expect(other.controlURL == "https://x/y/")
        #expect(other.publishKey?.bytes == [0, 255, 62, 255])
        #expect(other.publishKey?.issuer == nil)
        #expect(other.proxyKey?.bytes == Array("abc".utf8))
        #expect(other.proxyKey?.issuer == "fastly:x")

        let open = try GripAddress("http://localhost:5561")
        #expect(open.publishKey == nil)
        #expect(open.proxyKey == nil)
    }

    @Test(arguments: ["", "localhost:5561", "ftp://x", "http://x?key=base64:x"])
    func `refuses what is no address, without its key`(text: String) {
        #expect(throws: InvalidGripAddress.self) { try GripAddress(text) }
    }
}

@Suite struct JWTTests {
    private static let joe = """
        eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0\
        dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk
        """
    private static let key =
        Base64.decode(
            "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
            as: .url) ?? []
    private static func second(_ second: Int64) -> Timestamp {
        Timestamp(milliseconds: second * 1000)
    }

    /// RFC 7515 §A.1.
    @Test func `takes the token of the RFC until it expires`() throws {
        let claims = try JWT.verify(Self.joe, key: Self.key, at: Self.second(1_300_819_379))
        #expect(claims["iss"] == "joe")
        #expect(throws: JWT.Problem.expired) {
            try JWT.verify(Self.joe, key: Self.key, at: Self.second(1_300_819_380))
        }
        #expect(throws: JWT.Problem.signature) {
            try JWT.verify(Self.joe, key: Self.key + [0], at: Self.second(0))
        }
    }

    @Test func `a change of any character is found`() {
        var token = Array(Self.joe)
        for index in token.indices {
            let character = token[index]
            token[index] = character == "A" ? "B" : "A"
            #expect(throws: JWT.Problem.self) {
                try JWT.verify(String(token), key: Self.key, at: Self.second(0))
            }
            token[index] = character
        }
    }

    /// The first is RFC 7519 §6.1's.
    @Test func `a token that is not signed, or otherwise, is not taken`() {
        let claims = Self.joe.split(separator: ".")[1]
        for (header, signature) in [
            (#"{"alg":"none"}"#, ""), (#"{"alg":"None"}"#, ""), (#"{"alg":"RS256"}"#, "AAAA"),
            (#"{"typ":"JWT"}"#, "AAAA"), (#"{"alg":"HS512"}"#, "AAAA"),
        ] {
            let token = "\(Base64.encode(Array(header.utf8), as: .url)).\(claims).\(signature)"
            #expect(throws: JWT.Problem.algorithm) {
                try JWT.verify(token, key: Self.key, at: Self.second(0))
            }
        }
    }

    @Test func `what is signed is taken, within its time`() throws {
        let key = Array("key".utf8)
        let token = JWT.sign(["iss": "me", "nbf": 10, "exp": 20], key: key)
        #expect(try JWT.verify(token, key: key, at: Self.second(10))["iss"] == "me")
        #expect(throws: JWT.Problem.notYetValid) {
            try JWT.verify(token, key: key, at: Self.second(9))
        }
        #expect(throws: JWT.Problem.malformed) {
            try JWT.verify(JWT.sign(["exp": "soon"], key: key), key: key, at: Self.second(0))
        }
        for text in ["", "a", "a.b", "a.b.c", "..", "a.b.c.d"] {
            #expect(throws: JWT.Problem.malformed) {
                try JWT.verify(text, key: key, at: Self.second(0))
            }
        }
    }
}
