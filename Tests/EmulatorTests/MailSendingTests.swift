import Foundation
import FunctionRuntime
import Testing

@testable import LocalRunner
@testable import TestSupport

/// What resend.com/docs says of idempotency keys, schedules, batches and attachments.
@Suite struct MailSendingTests {
    @Test func `the same request with a key is answered once, for a day`() throws {
        let server = try EmulatedServer()
        let key: Headers = ["idempotency-key": "ticket/5"]
        let first = try server.mail("POST", "/emails", key, json: MailTests.message)
        #expect(try server.mail("POST", "/emails", key, json: MailTests.message).body == first.body)
        let other = MailTests.message(.init("subject", "Another"))
        #expect(
            try server.mail("POST", "/emails", key, json: other).problem
                == """
                409 invalid_idempotent_request Same idempotency key used with a different request \
                payload.
                """)
        #expect(
            try server.mail("POST", "/emails/batch", key, json: [MailTests.message]).status == 409)
        #expect(try server.mail("GET", "/emails").json["data"].elements.count == 1)
        server.stop()

        let same = try EmulatedServer(in: server.folder, ahead: 86_000)
        #expect(try same.mail("POST", "/emails", key, json: MailTests.message).body == first.body)
        same.stop()
        let next = try EmulatedServer(in: server.folder, ahead: 86_500)
        #expect(try next.mail("POST", "/emails", key, json: other).status == 200)
        #expect(try next.mail("GET", "/emails").json["data"].elements.count == 2)
    }

    @Test func `a request that was refused does not use up its key`() throws {
        let server = try EmulatedServer()
        let key: Headers = ["idempotency-key": String(repeating: "k", count: 256)]
        let bad = MailTests.message(.init("to", "nobody"))
        #expect(try server.mail("POST", "/emails", key, json: bad).status == 422)
        #expect(try server.mail("POST", "/emails", key, json: MailTests.message).status == 200)
        let long: Headers = ["idempotency-key": String(repeating: "k", count: 257)]
        #expect(
            try server.mail("POST", "/emails", long, json: MailTests.message).problem
                == "400 invalid_idempotency_key The key must be between 1-256 chars.")
    }

    @Test func `of requests with one key at one time, one message is sent`() async throws {
        let server = try EmulatedServer()
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            let (client, key) = (server.client, "Bearer \(server.credentials.resendKey)")
            for _ in 0..<8 {
                group.addTask {
                    try client.send(
                        "POST", "/emails",
                        headers: [
                            "host": "localhost", "authorization": key, "idempotency-key": "one",
                        ], body: MailTests.message.bytes
                    ).status
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses.contains(200) && statuses.allSatisfy { [200, 409].contains($0) })
        #expect(try server.mail("GET", "/emails").json["data"].elements.count == 1)
    }

    @Test func `a batch is sent as a whole, or what is right of it`() throws {
        let server = try EmulatedServer()
        let bad = MailTests.message(.init("to", "nobody"))
        let good = MailTests.message
        let sent = try server.mail("POST", "/emails/batch", json: [good, good])
        #expect(sent.json["data"].elements.count == 2 && sent.json["errors"] == nil)
        #expect(try server.mail("POST", "/emails/batch", json: [good, bad]).status == 422)
        #expect(try server.mail("GET", "/emails").json["data"].elements.count == 2)

        let mode: Headers = ["x-batch-validation": "permissive"]
        let some = try server.mail("POST", "/emails/batch", mode, json: [good, bad, [:]])
        #expect(some.json["data"].elements.count == 1)
        #expect(some.json["errors"].elements.map { $0["index"] } == [1, 2])
        #expect(some.json["errors"].elements.last?["message"] == "Missing `from` field.")
    }

    @Test func `a batch has 1 to 100 messages, without files and times`() throws {
        let server = try EmulatedServer()
        let hundred = [JSON](repeating: MailTests.message, count: 100)
        let sent = try server.mail("POST", "/emails/batch", json: .array(hundred))
        #expect(sent.json["data"].elements.count == 100)
        let file = MailTests.message(
            .init("attachments", [["filename": "a", "content": "AA=="]]))
        let later = MailTests.message(.init("scheduled_at", "in 1 hour"))
        let bodies: [JSON] = [
            .array(hundred + [MailTests.message]), [], MailTests.message, [file], [later],
        ]
        for body in bodies {
            let answer = try server.mail("POST", "/emails/batch", json: body)
            #expect(answer.problem.hasPrefix("422 validation_error"))
        }
        let mode: Headers = ["x-batch-validation": "lenient"]
        #expect(
            try server.mail("POST", "/emails/batch", mode, json: [MailTests.message]).status == 422)
    }

    @Test func `a scheduled message is sent when the clock says so`() throws {
        let server = try EmulatedServer()
        func send(_ time: String) throws -> String {
            let json = MailTests.message(.init("scheduled_at", .string(time)))
            return try #require(try server.mail("POST", "/emails", json: json).json["id"]?.text)
        }
        let moment = Timestamp(milliseconds: RunnerClock().now + 7_200_000)
        let (soon, late) = (try send("in 1 hour"), try send(moment.description))
        let canceled = try send("in 30 minutes")
        let moved = try send("in 10 mins")
        #expect(try send("2020-01-01T00:00:00Z") != "")
        let shown = try server.mail("GET", "/emails/\(late)").json
        #expect(shown["last_event"] == "scheduled")
        #expect(
            Timestamp(shown["scheduled_at"]?.text ?? "")?.milliseconds == moment.milliseconds)
        let answer = try server.mail("POST", "/emails/\(canceled)/cancel")
        #expect(answer.json == ["object": "email", "id": .string(canceled)])
        let change: JSON = ["scheduled_at": "in 3 hours", "id": .string(moved)]
        #expect(try server.mail("PATCH", "/emails/\(moved)", json: change).status == 200)
        server.stop()

        let later = try EmulatedServer(in: server.folder, ahead: 3700)
        func event(_ id: String) throws -> String? {
            try later.mail("GET", "/emails/\(id)").json["last_event"]?.text
        }
        #expect(try event(soon) == "delivered" && event(late) == "scheduled")
        #expect(try event(canceled) == "canceled" && event(moved) == "scheduled")
        for id in [soon, canceled] {
            #expect(try later.mail("POST", "/emails/\(id)/cancel").status == 422)
            #expect(
                try later.mail("PATCH", "/emails/\(id)", json: ["scheduled_at": "in 1 day"]).status
                    == 422)
        }
        for body: JSON in [[:], ["scheduled_at": "soon"], ["subject": "s"], ["id": "x"], []] {
            #expect(try later.mail("PATCH", "/emails/\(late)", json: body).status == 422)
        }
    }

    @Test func `the clock sends what is due, and says when`() async throws {
        let folder = try TemporaryFolder()
        let state = try StateFolder("\(folder.path)/state")
        let clock = RunnerClock()
        let service = try MailService(
            state: state, credentials: Credentials(in: state), clock: clock)
        #expect(try service.nextDue() == nil)
        let now = clock.now
        let message = try MailMessage(
            MailTests.message(.init("scheduled_at", "in 1 hour")), isInBatch: false, now: now)
        _ = try service.store.add([message], at: now, key: nil) { _ in .null }
        #expect(try service.nextDue() == now + 3_600_000)
        await service.fire(at: now + 3_599_999)
        #expect(try service.nextDue() != nil)
        await service.fire(at: now + 3_600_000)
        #expect(try service.nextDue() == nil)
        let mail = try service.store.emails(limit: 1, from: nil)?.emails.first
        #expect(mail?.lastEvent == "delivered")
    }
}

@Suite struct MailAttachmentTests {
    private static func json(_ attachment: JSON) -> JSON {
        MailTests.message(.init("attachments", [attachment]))
    }

    @Test func `files are kept, whichever way their bytes are written`() throws {
        let server = try EmulatedServer()
        let files: JSON = [
            ["filename": "a.txt", "content": "aGVsbG8="],
            ["filename": "b.png", "content": [0, 1, 255], "content_id": "logo"],
            ["content": ["type": "Buffer", "data": [104, 105]], "content_type": "x/y"],
        ]
        let sent = try server.mail(
            "POST", "/emails", json: MailTests.message(.init("attachments", files)))
        let path = "/emails/\(try #require(sent.json["id"]?.text))/attachments"
        let list = try server.mail("GET", path).json["data"].elements
        #expect(list.map { $0["filename"] } == ["a.txt", "b.png", .null])
        #expect(list.map { $0["content_type"] } == ["text/plain", "image/png", "x/y"])
        #expect(list.map { $0["size"] } == [5, 3, 2])
        #expect(
            list.map { $0["content_disposition"] } == ["attachment", "inline", "attachment"])
        let id = try #require(list[1]["id"]?.text)
        let one = try server.mail("GET", "\(path)/\(id)").json
        #expect(one["object"] == "attachment" && one["content_id"] == "logo")
        for (file, bytes) in zip(list, [Array("hello".utf8), [0, 1, 255], Array("hi".utf8)]) {
            let address = try #require(file["download_url"]?.text)
            let target = try #require(address.range(of: "/emails/")?.lowerBound)
            #expect(try server.send("GET", String(address[target...])).body == bytes)
            #expect(try server.send("GET", String(address[target...].dropLast())).status == 403)
        }
        #expect(try server.mail("GET", "\(path)/x").problem == "404 not_found Attachment not found")
    }

    @Test(
        arguments: [
            ["filename": "a"], ["filename": "a", "content": "!"], ["filename": "a", "content": 5],
            ["filename": "a", "content": [256]], ["filename": "a", "content": ["data": [1]]],
            ["filename": "a", "path": "https://example.com/a"], ["content": "AA==", "name": "a"],
            ["filename": "a\r\nX: y", "content": "AA=="], "AA==",
        ] as [JSON])
    func `a file that is none is refused`(attachment: JSON) throws {
        let server = try EmulatedServer()
        let answer = try server.mail("POST", "/emails", json: Self.json(attachment))
        #expect(answer.problem.hasPrefix("422 invalid_attachment"), "\(answer.problem)")
    }

    @Test func `files have 40 MB at most`() throws {
        let server = try EmulatedServer()
        let most = String(repeating: "AAAA", count: 10_000_000)
        let file: JSON = ["filename": "a", "content": .string(most)]
        #expect(try server.mail("POST", "/emails", json: Self.json(file)).status == 200)
        let more: JSON = ["filename": "a", "content": .string(most + "AAAA")]
        #expect(
            try server.mail("POST", "/emails", json: Self.json(more)).problem.hasPrefix(
                "422 invalid_attachment"))
    }
}
