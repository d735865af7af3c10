import FunctionRuntime
import Testing

@testable import LocalRunner
@testable import TestSupport

/// A database holds what was acknowledged, whatever ends the process; and production's delays can be
/// played.
@Suite struct DurabilityTests {
    @Test func `what was acknowledged is there after a kill`() throws {
        let folder = try TemporaryFolder()
        try folder.writeApp()
        let first = try RunnerCopy(in: folder)
        let credentials = try first.credentials()
        let token: Headers = ["authorization": "Bearer \(credentials.cloudflareToken)"]
        let key: Headers = ["authorization": "Bearer \(credentials.resendKey)"]
        let path = "/client/v4/accounts/\(credentials.cloudflareAccount)/storage/kv/namespaces"
        var client = HTTPClient(.port(try first.port))
        let made = try client.send(
            "POST", path, headers: with(token, "localhost"),
            body: JSON.object([.init("title", "t")]).bytes)
        let id = try #require(made.result?["id"]?.text)
        for number in 0..<100 {
            let answer = try client.send(
                "PUT", "\(path)/\(id)/values/k\(number)", headers: with(token, "localhost"),
                body: Array("\(number)".utf8))
            #expect(answer.status == 200)
        }
        let sent = try client.send(
            "POST", "/emails", headers: with(key, "localhost"),
            body: MailTests.message.bytes)
        let mail = try #require(sent.json["id"]?.text)
        first.kill(9)
        _ = try first.waitForEnd()

        let second = try RunnerCopy(in: folder)
        client = HTTPClient(.port(try second.port))
        for number in 0..<100 {
            let answer = try client.send(
                "GET", "\(path)/\(id)/values/k\(number)", headers: with(token, "localhost"))
            #expect(answer.text == "\(number)")
        }
        let kept = try client.send("GET", "/emails/\(mail)", headers: with(key, "localhost"))
        #expect(kept.json["subject"] == MailTests.message["subject"])
    }

    private func with(_ headers: Headers, _ host: String) -> Headers {
        var headers = headers
        headers["host"] = host
        return headers
    }
}

@Suite struct StalenessTests {
    private static func entry(_ text: String, expiration: Int64? = nil) -> Entry {
        Entry(value: .init(text.utf8), expiration: expiration)
    }

    @Test func `what was read once stays so for a minute`() {
        let staleness = Staleness()
        func read(at time: Int64, _ store: Entry?) -> String? {
            staleness.read("k", in: "n", at: time) { store }.map {
                String(decoding: $0.value, as: UTF8.self)
            }
        }
        #expect(read(at: 0, Self.entry("old")) == "old")
        #expect(read(at: 59_999, Self.entry("new")) == "old")
        #expect(read(at: 60_000, Self.entry("new")) == "new")
        // That there is nothing is remembered as well.
        #expect(read(at: 200_000, nil) == nil)
        #expect(read(at: 210_000, Self.entry("there")) == nil)
        #expect(read(at: 260_000, Self.entry("there", expiration: 270)) == "there")
        #expect(read(at: 270_000, nil) == nil)
        // A clock that was set back knows nothing of the future.
        #expect(read(at: 100_000, Self.entry("back")) == "back")
    }

    @Test func `a key takes one write a second`() {
        let staleness = Staleness()
        #expect(staleness.takesWrite("k", in: "n", at: 0))
        #expect(!staleness.takesWrite("k", in: "n", at: 999))
        #expect(staleness.takesWrite("other", in: "n", at: 999))
        #expect(staleness.takesWrite("k", in: "other", at: 999))
        #expect(staleness.takesWrite("k", in: "n", at: 1000))
    }

    @Test func `the option plays both`() throws {
        let server = try EmulatedServer(isStale: true)
        #expect(try server.tests("GET", "/values/k").refusal == "404 10009")
        #expect(try server.tests("PUT", "/values/k", body: "v").status == 200)
        // Within the second, unless this machine is asleep.
        let again = try server.tests("PUT", "/values/k", body: "w").refusal
        #expect(["429 10022", "200"].contains(again))
        #expect(try server.tests("GET", "/values/k").refusal == "404 10009")
        let pairs: JSON = [["key": "a", "value": "1"], ["key": "a", "value": "2"]]
        let bulk = try server.tests("PUT", "/bulk", json: pairs)
        #expect(bulk.result == ["successful_key_count": 1, "unsuccessful_keys": ["a"]])
        #expect(try server.tests("GET", "/values/a").text == "1")
    }
}
