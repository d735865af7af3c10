import FunctionRuntime
import Testing

@testable import FunctionHTTP
@testable import TestSupport

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

/// What Resend does, wherever it is played.
@Suite struct MailServiceTests {
    private static func message(_ subject: String) -> Mail.Message {
        .init(
            from: "Desk <desk@example.com>", to: ["ada@example.com"], cc: ["c@example.com"],
            replyTo: ["r@example.com"], subject: subject, html: "<p>Grüße</p>", text: "Grüße",
            tags: ["kind": "ticket"], headers: ["X-Entity-Ref-ID": "7"])
    }

    @Test(arguments: Target.mails)
    func `shows what was sent`(target: Target) throws {
        let mail = try target.mail()
        let id = try mail.send(Self.message("Ticket \"7\""))
        let shown = try mail.show(id)
        #expect(shown["id"]?.text == id)
        #expect(shown["subject"] == "Ticket \"7\"")
        #expect(shown["to"] == ["ada@example.com"])
        #expect(shown["cc"] == ["c@example.com"])
        #expect(shown["html"] == "<p>Grüße</p>")
        #expect(shown["text"] == "Grüße")
    }

    @Test(arguments: Target.mails)
    func `takes attachments`(target: Target) throws {
        var message = Self.message("With a file")
        message.attachments = [
            .init(name: "ü.bin", content: [UInt8](repeating: 9, count: 3 << 20))
        ]
        let mail = try target.mail()
        #expect(try mail.show(mail.send(message))["subject"] == "With a file")
    }

    @Test(arguments: Target.mails)
    func `sends one message for one event`(target: Target) throws {
        let mail = try target.mail()
        let first = try mail.send(Self.message("Once"), idempotencyKey: "ticket/7")
        #expect(try mail.send(Self.message("Once"), idempotencyKey: "ticket/7") == first)
        #expect(try mail.send(Self.message("Once")) != first)
        let error = try #require(throws: ServiceError.self) {
            try mail.send(Self.message("Twice"), idempotencyKey: "ticket/7")
        }
        #expect(error.status == 409)
        #expect(error.code == "invalid_idempotent_request")
    }

    @Test(arguments: Target.mails)
    func `sends many together, all or none`(target: Target) throws {
        let mail = try target.mail()
        let ids = try mail.send((0..<3).map { Self.message("Number \($0)") })
        #expect(Set(ids).count == 3)
        #expect(try mail.show(ids[2])["subject"] == "Number 2")
        var wrong = Self.message("Wrong")
        wrong.from = ""
        let error = try #require(throws: ServiceError.self) {
            try mail.send([Self.message("Right"), wrong])
        }
        #expect((400..<500).contains(error.status))
        #expect(!error.code.isEmpty)
    }

    @Test(arguments: Target.mails)
    func `says what is refused`(target: Target) throws {
        var message = Self.message("Wrong")
        message.from = "nobody"
        let error = try #require(throws: ServiceError.self) { try target.mail().send(message) }
        #expect(error.status == 422)
        #expect(error.code == "validation_error")
        #expect(!error.message.isEmpty)

        let stranger = try #require(throws: ServiceError.self) {
            try target.mail(key: "re_wrong").send(Self.message("x"))
        }
        #expect(stranger.status == 401 || stranger.status == 403 || stranger.status == 400)
        #expect(!"\(stranger)".contains("re_wrong"))
        #expect(throws: ServiceError.self) {
            try target.mail().show("49a3999c-0ce1-4ea6-ab68-afcd6dc2e794")
        }
    }
}
