import FunctionRuntime
import Testing

@testable import LocalRunner
@testable import TestSupport

/// What resend.com/docs/api-reference/emails and its OpenAPI document say.
@Suite struct MailTests {
    static let message: JSON = [
        "from": "Desk <desk@example.com>", "to": ["ada@example.com", "Bob <bob@example.com>"],
        "subject": "Your ticket ü", "text": "It is closed.", "html": "<p>It is closed.</p>",
        "cc": "cc@example.com", "bcc": ["bcc@example.com"], "reply_to": "desk@example.com",
        "headers": ["X-Ticket": "5"], "tags": [["name": "kind", "value": "ticket_closed-1"]],
    ]

    /// A message with other members.
    static func message(_ members: JSON.Member...) -> JSON {
        guard case .object(var all) = message else { return message }
        for member in members {
            all.removeAll { $0.name == member.name }
            all.append(member)
        }
        return .object(all)
    }

    @Test func `a message is kept as it was sent`() throws {
        let server = try EmulatedServer()
        let sent = try server.mail("POST", "/emails", json: Self.message)
        #expect(sent.status == 200)
        let id = try #require(sent.json["id"]?.text)
        #expect(ID<Never>(id) != nil)
        let shown = try server.mail("GET", "/emails/\(id)").json
        #expect(shown["object"] == "email" && shown["id"]?.text == id)
        for name in ["from", "to", "subject", "text", "html", "headers", "tags"] {
            #expect(shown[name] == Self.message[name])
        }
        #expect(shown["cc"] == ["cc@example.com"] && shown["bcc"] == ["bcc@example.com"])
        #expect(shown["reply_to"] == ["desk@example.com"])
        #expect(shown["last_event"] == "delivered" && shown["scheduled_at"] == .null)
        #expect(Timestamp(shown["created_at"]?.text ?? "") != nil)
    }

    @Test func `texts keep every character`() throws {
        let server = try EmulatedServer()
        let text = "a\u{0}b\r\n😀\u{2028}\"\\"
        let sent = try server.mail(
            "POST", "/emails", json: Self.message(.init("text", .string(text))))
        let id = try #require(sent.json["id"]?.text)
        #expect(try server.mail("GET", "/emails/\(id)").json["text"]?.text == text)
    }

    @Test func `lists go from the newest to the oldest, in pages both ways`() throws {
        let server = try EmulatedServer()
        var ids: [String] = []
        for number in 0..<5 {
            let json = Self.message(.init("subject", .string("\(number)")))
            ids.append(
                try #require(try server.mail("POST", "/emails", json: json).json["id"]?.text))
        }
        func page(_ query: String) throws -> ([String], JSON?) {
            let json = try server.mail("GET", "/emails?" + query).json
            return (json["data"].elements.compactMap { $0["subject"]?.text }, json["has_more"])
        }
        #expect(try page("") == (["4", "3", "2", "1", "0"], false))
        #expect(try page("limit=2") == (["4", "3"], true))
        #expect(try page("limit=2&after=\(ids[3])") == (["2", "1"], true))
        #expect(try page("limit=2&after=\(ids[1])") == (["0"], false))
        #expect(try page("limit=2&before=\(ids[1])") == (["3", "2"], true))
        #expect(try page("limit=2&before=\(ids[3])") == (["4"], false))
        let first = try server.mail("GET", "/emails?limit=1").json["data"].elements.first
        #expect(first?["html"] == nil && first?["cc"] == ["cc@example.com"])
        for query in ["limit=0", "limit=101", "limit=x", "after=\(ids[0])&before=\(ids[1])"] {
            let answer = try server.mail("GET", "/emails?" + query)
            #expect(answer.problem.hasPrefix("422 validation_error"))
        }
        #expect(try server.mail("GET", "/emails?after=x").status == 422)
    }

    @Test func `who shows no key, or another one, is refused`() throws {
        let server = try EmulatedServer()
        func problem(_ headers: Headers) throws -> String {
            try server.send("POST", "/emails", headers, body: Self.message.bytes).problem
        }
        let missing = "401 missing_api_key Missing API key in the authorization header."
        #expect(try problem([:]) == missing)
        #expect(try problem(["authorization": server.credentials.resendKey]) == missing)
        #expect(
            try problem(["authorization": "Bearer re_other"])
                == "403 invalid_api_key API key is invalid.")
        #expect(try server.mail("GET", "/emails").json["data"] == [])
    }

    @Test func `what is not there, or not done so, is refused`() throws {
        let server = try EmulatedServer()
        let missing = "404 not_found The requested endpoint does not exist."
        for path in ["/emails/", "/emails/metrics", "/emails/receiving", "/emails/x/y"] {
            #expect(try server.mail("GET", path).problem.hasPrefix("4"))
        }
        #expect(try server.mail("GET", "/emails/metrics").problem == missing)
        #expect(try server.mail("GET", "/emails/receiving/1").problem == missing)
        #expect(
            try server.mail("GET", "/emails/x").problem
                == "422 invalid_parameter The parameter must be a valid UUID.")
        let nobody = "4ef9a417-02e9-4d39-ad75-9611e0fcc33c"
        #expect(
            try server.mail("GET", "/emails/\(nobody)").problem == "404 not_found Email not found")
        let method = "405 method_not_allowed Method is not allowed for the requested path."
        #expect(try server.mail("DELETE", "/emails").problem == method)
        #expect(try server.mail("GET", "/emails/batch").problem == method)
        #expect(try server.mail("PUT", "/emails/\(nobody)").problem.hasPrefix("4"))
    }

    @Test(arguments: ["bounced", "complained", "suppressed"])
    func `an address of Resend's plays what may go wrong`(event: String) throws {
        let server = try EmulatedServer()
        let json = Self.message(.init("to", .string("\(event)+label@resend.dev")))
        let id = try #require(try server.mail("POST", "/emails", json: json).json["id"]?.text)
        #expect(try server.mail("GET", "/emails/\(id)").json["last_event"]?.text == event)
    }
}

@Suite struct MailRefusalTests {
    private static let address = """
        field. The email address needs to follow the `email@example.com` or `Name \
        <email@example.com>` format.
        """

    @Test(arguments: ["from", "to", "subject"])
    func `a message without what it needs is refused`(field: String) throws {
        let server = try EmulatedServer()
        let answer = try server.mail(
            "POST", "/emails", json: MailTests.message(.init(field, .null)))
        #expect(answer.problem == "422 missing_required_field Missing `\(field)` field.")
        let empty = MailTests.message(.init("text", ""), .init("html", .null))
        #expect(
            try server.mail("POST", "/emails", json: empty).problem
                == "422 validation_error Missing `html` or `text` field.")
    }

    @Test(arguments: [
        "ada", "ada@", "@example.com", "ada@example", "a b@example.com", "ada@@example.com",
        "ada@example..com", "ada@-example.com", ".ada@example.com", "Ada ada@example.com",
        "Ada <ada@example.com", "<>", "Ada <a@b.co> <c@d.co>", "ada@example.com\r\nBcc: x@y.zz",
        "ada@exämple.com",
    ])
    func `an address that is none is refused, wherever it stands`(text: String) throws {
        let server = try EmulatedServer()
        for field in ["from", "to", "cc", "bcc", "reply_to"] {
            let json = MailTests.message(.init(field, .string(text)))
            #expect(
                try server.mail("POST", "/emails", json: json).problem
                    == "422 validation_error Invalid `\(field)` \(Self.address)")
        }
        #expect(try server.mail("GET", "/emails").json["data"] == [])
    }

    @Test(arguments: [
        #"{"to": 5}"#, #"{"to": [5]}"#, #"{"subject": ["s"]}"#, #"{"html": true}"#,
        #"{"subject": "a\r\nBcc: x@y.zz"}"#, #"{"headers": {"X": 5}}"#,
        #"{"headers": {"X": "a\nb"}}"#, #"{"headers": {"X Y": "a"}}"#, #"{"headers": []}"#,
        #"{"tags": [{"name": "a b", "value": "v"}]}"#, #"{"tags": [{"name": "a"}]}"#,
        #"{"tags": [{"name": "a", "value": ""}]}"#, #"{"tags": {"a": "b"}}"#,
        #"{"scheduled_at": "tomorrow"}"#, #"{"scheduled_at": "in 5 fortnights"}"#,
        #"{"scheduled_at": "in 31 days"}"#, #"{"scheduled_at": 5}"#,
        #"{"template": {"id": "t"}}"#, #"{"topic_id": "t"}"#, #"{"replyTo": "a@b.co"}"#,
        #"{"attachments": {"a": 1}}"#,
    ])
    func `a field that is wrong, or not supported, is refused`(text: String) throws {
        let server = try EmulatedServer()
        guard case .object(let members) = try JSON(parsing: text) else { return }
        let json = MailTests.message(members[0])
        let answer = try server.mail("POST", "/emails", json: json)
        #expect(answer.problem.hasPrefix("422 validation_error"), "\(answer.problem)")
        #expect(try server.mail("GET", "/emails").json["data"] == [])
    }

    @Test func `a message has 50 recipients at most`() throws {
        let server = try EmulatedServer()
        let fifty = (0..<50).map { JSON.string("a\($0)@example.com") }
        let most = MailTests.message(.init("to", .array(fifty)))
        #expect(try server.mail("POST", "/emails", json: most).status == 200)
        let more = MailTests.message(.init("to", .array(fifty + ["b@example.com"])))
        #expect(try server.mail("POST", "/emails", json: more).status == 422)
    }

    @Test func `a body that is no JSON object is refused`() throws {
        let server = try EmulatedServer()
        for body in ["", "{", "[]", "5", "{}{}"] {
            let key = "Bearer \(server.credentials.resendKey)"
            let answer = try server.send(
                "POST", "/emails", ["authorization": key], body: Array(body.utf8))
            #expect(answer.problem.contains("validation_error"), "\(body)")
        }
    }
}
