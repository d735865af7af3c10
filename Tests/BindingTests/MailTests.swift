import FunctionRuntime
import Testing

@testable import FunctionHTTP

/// What is said to Resend, and what is made of its recorded answers.
@Suite struct MailTests {
    private static func mail(at server: FaultServer) -> Mail {
        Mail(.init(key: "re_secret", base: server.url))
    }

    private static let message = Mail.Message(
        from: "Desk <desk@example.com>", to: ["ada@example.com", "Bob <bob@example.com>"],
        cc: ["c@example.com"], bcc: ["b@example.com"], replyTo: ["r@example.com"],
        subject: "Ticket \"7\"", html: "<p>Grüße</p>", text: "Grüße",
        attachments: [
            .init(name: "a.txt", content: Array("hi".utf8)),
            .init(name: "i.png", content: [0], contentType: "image/png", contentID: "logo"),
        ], tags: ["kind": "ticket"], headers: ["X-Entity-Ref-ID": "7"])

    @Test func `sends all of a message`() throws {
        let server = try FaultServer(.status(200, #"{"id":"49a3999c"}"#))
        #expect(
            try Self.mail(at: server).send(Self.message, idempotencyKey: "ticket/7") == "49a3999c")

        let request = try #require(server.requests.first)
        #expect(request.line == "POST /emails HTTP/1.1")
        #expect(request.headers["authorization"] == "Bearer re_secret")
        #expect(request.headers["idempotency-key"] == "ticket/7")
        #expect(request.headers["content-type"] == "application/json")
        // Resend refuses a request without one.
        #expect(request.headers["user-agent"] == "Apus")
        let expected: JSON = [
            "from": "Desk <desk@example.com>", "to": ["ada@example.com", "Bob <bob@example.com>"],
            "subject": "Ticket \"7\"", "cc": ["c@example.com"], "bcc": ["b@example.com"],
            "reply_to": ["r@example.com"], "html": "<p>Grüße</p>", "text": "Grüße",
            "attachments": [
                ["filename": "a.txt", "content": "aGk="],
                [
                    "filename": "i.png", "content": "AA==", "content_type": "image/png",
                    "content_id": "logo",
                ],
            ], "tags": [["name": "kind", "value": "ticket"]],
            "headers": ["X-Entity-Ref-ID": "7"],
        ]
        #expect(try JSON(parsing: request.body) == expected)
    }

    @Test func `sends a message again with the same key`() throws {
        let server = try FaultServer(
            .status(500, "", "retry-after: 0\r\n"), .status(200, #"{"id":"1"}"#),
            .status(200, #"{"id":"2"}"#))
        let mail = Self.mail(at: server)
        #expect(try mail.send(Self.message) == "1")
        #expect(try mail.send(Self.message) == "2")
        let keys = server.requests.map { $0.headers["idempotency-key"] }
        #expect(keys.count == 3)
        #expect(keys[0] != nil && keys[0] == keys[1] && keys[1] != keys[2])
    }

    @Test func `sends many together, and shows one`() throws {
        let server = try FaultServer(
            .status(200, #"{"data":[{"id":"1"},{"id":"2"}]}"#), .status(200, #"{"data":[]}"#),
            .status(200, #"{"object":"email","id":"a b","last_event":"delivered"}"#))
        let mail = Self.mail(at: server)
        #expect(try mail.send([Self.message, Self.message]) == ["1", "2"])
        #expect(throws: ServiceError.self) { try mail.send([Self.message]) }
        #expect(try mail.show("a b")["last_event"] == "delivered")
        #expect(
            server.requests.map(\.line) == [
                "POST /emails/batch HTTP/1.1", "POST /emails/batch HTTP/1.1",
                "GET /emails/a%20b HTTP/1.1",
            ])
    }

    @Test func `says what Resend refuses`() throws {
        let server = try FaultServer(
            .status(
                422,
                #"{"statusCode":422,"name":"validation_error","message":"Invalid `to` field."}"#))
        let error = try #require(throws: ServiceError.self) {
            try Self.mail(at: server).send(Self.message)
        }
        #expect(
            error
                == ServiceError(
                    service: "Resend", operation: "send mail", status: 422,
                    code: "validation_error", message: "Invalid `to` field."))
        #expect(
            error.description
                == "Resend answered send mail with 422 validation_error: Invalid `to` field.")
    }

    @Test func `needs its key`() {
        #expect(Mail().binding == .init(kind: "mail", name: "mail"))
        let error = #expect(throws: MissingVariable.self) { try Mail().send(Self.message) }
        #expect(error?.name == "RESEND_API_KEY")
    }
}
