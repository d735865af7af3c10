import FunctionCrypto
import FunctionRealtime
import FunctionRuntime
import Glibc
import Testing

@testable import LocalRunner
@testable import TestSupport

@Suite struct PublishTests {
    @Test func `a function publishes to the clients of its app`() throws {
        let server = try RealtimeServer()
        let stream = try server.stream("channel=a")
        let poll = try server.poll("channel=a")

        let reply = try server.running.send(
            "POST /probes/publish\nContent-Type: application/json",
            body: Array(#"{"channel": "a", "content": "news"}"#.utf8))

        #expect(reply.status == 204)
        #expect(try stream.chunk() == "news")
        #expect(try poll.reply().text == "news")
    }

    @Test func `GRIP_URL is where an app publishes, with its key`() throws {
        let folder = try TemporaryFolder()
        let credentials = try Credentials(in: StateFolder(folder.path))
        let addresses = EmulatedAddresses(port: 9, credentials: credentials)
        let address = try GripAddress(addresses.gripURL(of: "Probes"))

        #expect(address.controlURL == "http://127.0.0.1:9/_/realtime/Probes/")
        #expect(address.publishKey?.issuer == "Probes")
        #expect(
            address.publishKey?.bytes == Array(credentials.realtimeKey(of: "Probes").text.utf8))
        #expect(credentials.realtimeKey(of: "Other") != credentials.realtimeKey(of: "Probes"))
        // It is the same for as long as there is the state folder.
        let again = try Credentials(in: StateFolder(folder.path))
        #expect(again.realtimeKey(of: "Probes") == credentials.realtimeKey(of: "Probes"))
    }

    @Test func `what is published is answered as Pushpin does`() throws {
        let server = try RealtimeServer()

        let reply = try server.publish(item("a", "1"))

        #expect(reply.status == 200)
        #expect(reply.text == "Published\n")
        #expect(reply["content-type"] == "text/plain")
        let token = server.key.token(at: Int64(time(nil)) * 1000)
        let other = try server.running.send(
            "POST /_/realtime/Probes/publish\nAuthorization: bearer \(token)",
            body: Array(#"{"items": []}"#.utf8))
        #expect(other.status == 200)
    }

    @Test func `only who has the app's key publishes`() throws {
        let server = try RealtimeServer()
        let body: JSON = ["items": [item("a", "1")]]
        let now = Int64(time(nil))
        let own = Array(server.key.text.utf8)
        let foreign = RealtimeKey(of: "Probes", secret: "another")
        let tokens = [
            "", "x.y.z", foreign.token(at: now * 1000),
            RealtimeKey(of: "Other", secret: "another").token(at: now * 1000),
            // Expired, without an end, another's name, none at all.
            server.key.token(at: (now - 3601) * 1000),
            JWT.sign(["iss": "Probes"], key: own),
            JWT.sign(["iss": "Other", "exp": .number(String(now + 60))], key: own),
            JWT.sign(["exp": .number(String(now + 60))], key: own),
        ]
        for token in tokens {
            let reply = try server.publish(body.bytes, token: token)
            #expect(reply.status == 401, "\(token)")
            #expect(reply["www-authenticate"] == "Bearer")
            #expect(reply.text.hasSuffix("see GRIP_URL.\n"))
        }
        let none = try server.running.send("POST /_/realtime/Probes/publish/", body: body.bytes)
        #expect(none.status == 401)
        let own2 = server.key.token(at: now * 1000)
        let elsewhere = try server.running.send(
            "POST /_/realtime/Other/publish/\nAuthorization: Bearer \(own2)", body: body.bytes)
        #expect(elsewhere.status == 401)
    }

    @Test(
        arguments: [
            ("", "The body is not JSON."),
            ("[]", "The body must be an object."),
            ("{}", "The body needs \"items\", an array."),
            (#"{"items": [1]}"#, "items[0] must be an object."),
            (#"{"items": [{}]}"#, "items[0] needs \"channel\", a string that is not empty."),
            (
                #"{"items": [{"channel": "a", "id": 7, "http-stream": {"content": ""}}]}"#,
                "items[0].id must be a string."
            ),
            (
                #"{"items": [{"channel": "a"}]}"#,
                "items[0] needs one format at least: http-stream, http-response or ws-message."
            ),
            (
                #"{"items": [{"channel": "a", "formats": {"smoke": {}}}]}"#,
                #"items[0].formats has "smoke", which is not supported here."#
            ),
            (
                #"{"items": [{"channel": "a", "http-stream": {}}]}"#,
                #"items[0].http-stream needs "content" or "content-bin"."#
            ),
            (
                #"{"items": [{"channel": "a", "http-stream": {"action": "stop"}}]}"#,
                #"items[0].http-stream.action must be send, hint or close, not "stop"."#
            ),
            (
                #"{"items": [{"channel": "a", "http-stream": {"content-bin": "%"}}]}"#,
                "items[0].http-stream.content-bin must be base64."
            ),
            (
                #"{"items": [{"channel": "a", "formats": {"http-stream": {"content": "", "#
                    + #""content-filters": []}}}]}"#,
                #"items[0].formats.http-stream has "content-filters", which is not supported here."#
            ),
            (
                #"{"items": [{"channel": "a", "http-response": {"body-patch": []}}]}"#,
                #"items[0].http-response needs "body" or "body-bin"."#
            ),
            (
                #"{"items": [{"channel": "a", "http-response": {"code": 100, "body": ""}}]}"#,
                "items[0].http-response.code must be a whole number from 200 to 599."
            ),
            (
                #"{"items": [{"channel": "a", "http-response": {"headers": {"a b": ""}, "#
                    + #""body": ""}}]}"#,
                #"items[0].http-response.headers has "a b", which cannot be sent."#
            ),
            (
                #"{"items": [{"channel": "a", "http-response": {"headers": [["a"]], "body": ""}}]}"#,
                "items[0].http-response.headers must be an object of strings, or an array of pairs "
                    + "of strings."
            ),
            (
                #"{"items": [{"channel": "a", "ws-message": {"type": "smoke", "content": ""}}]}"#,
                #"items[0].ws-message.type must be text, binary, ping or pong, not "smoke"."#
            ),
            (
                #"{"items": [{"channel": "a", "ws-message": {"action": "close", "code": 7}}]}"#,
                "items[0].ws-message.code must be a whole number from 1000 to 4999."
            ),
        ]
    )
    func `what is wrong is named, and nothing of it is published`(body: String, problem: String)
        throws
    {
        let server = try RealtimeServer()
        let reply = try server.publish(Array(body.utf8))

        #expect(reply.status == 400)
        #expect(reply.text.hasPrefix(problem), "\(reply.text)")
    }

    @Test func `one wrong item keeps back all`() throws {
        let server = try RealtimeServer()
        let client = try server.stream("channel=a")

        #expect(try server.publish(item("a", "1"), ["channel": "a"]).text.hasPrefix("items[1]"))
        try server.publish(item("a", "2"))

        #expect(try client.chunk() == "2")
    }

    @Test func `only POST, only so much, and only here`() throws {
        let server = try RealtimeServer()
        let path = "/_/realtime/Probes/publish/"

        let get = try server.running.send("GET \(path)")
        #expect(get.status == 405)
        #expect(get["allow"] == "POST")
        let large = item("a", String(repeating: "x", count: 1 << 20))
        #expect(try server.publish(large).status == 413)
        #expect(try server.running.send("POST \(path)\nHost: example.com", body: []).status == 421)
        #expect(try server.running.send("POST /_/realtime/Probes/other/", body: []).status == 404)
    }

    @Test func `who reaches a function around the proxy is refused`() throws {
        let server = try RealtimeServer()
        let other = RealtimeKey(of: "Probes", secret: "another")
        let foreign = RealtimeKey(of: "Other", secret: "another")
        // Not signed, signed with another key, and by another issuer with the same.
        for (signs, expects) in [(nil, server.key), (other, server.key), (other, foreign)] {
            let running = try RunningServer(
                mounts: { port in
                    RealtimeServer.mounts(expects, port: port).map { mount in
                        var mount = mount
                        mount.realtime = signs
                        return mount
                    }
                }, { _ in })
            let reply = try running.send("GET /probes/hold-stream?channel=a")
            #expect(reply.status == 501)
            #expect(reply.text.contains("not-proxied"))
        }
    }

    @Test func `a request to a function that is held is signed, and a client's own is dropped`()
        throws
    {
        let server = try RealtimeServer()
        for _ in 0..<2 {
            let reply = try server.running.send(
                "GET /probes/show/a\nGrip-Sig: mine\nGrip-Last: mine\nMeta-User: me\nMetal: yes")
            let shown = try JSON(parsing: reply.body)
            guard case .array(let fields)? = shown["headers"] else { throw TestError("no headers") }
            let names = fields.map { field -> String in
                if case .array(let pair) = field { pair[0].text ?? "" } else { "" }
            }
            #expect(
                names.filter { $0.hasPrefix("grip") || $0.hasPrefix("meta") }
                    == ["metal", "grip-sig"])
            let pair = try #require(fields.last)
            guard case .array(let pair) = pair else { throw TestError("no pair") }
            try server.key.check(pair[1].text ?? "", at: Int64(time(nil)) * 1000)
        }
        let unsigned = try server.running.send("POST /probes/mirror\nMeta-User: me", body: [1])
        #expect(unsigned.status == 200)
    }
}
