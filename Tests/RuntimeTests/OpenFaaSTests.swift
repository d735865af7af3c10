import FunctionRuntime
import TestSupport
import Testing

/// The built probes, run as of-watchdog runs them in its modes `serializing` and `streaming`.
@Suite struct OpenFaaSTests {
    private static func run(
        _ probe: String, _ variables: [String: String], body: String = ""
    ) throws -> (output: String, status: Int32) {
        let outcome = try Program.run(
            "\(Repository.build)/Probes\(probe)",
            environment: ["Http_Method": "GET"].merging(variables) { $1 }, input: Array(body.utf8))
        return (String(decoding: outcome.output, as: UTF8.self), outcome.status)
    }

    @Test func `answers with the body alone, whatever the status below 500`() throws {
        let echo = { (body: String) in
            try Self.run("Echo", ["Http_Method": "POST", "Http_Path": "/echo"], body: body)
        }
        #expect(try echo(#"{"name":"Ada"}"#) == (#"{"greeting":"Hello, Ada!","quantity":1}"#, 0))
        let refused = try echo("{")
        #expect(refused.output.hasPrefix(#"{"code":"bad-request""#))
        #expect(refused.status == 0)
        #expect(try Self.run("Echo", ["Http_Method": "HEAD", "Http_Path": "/echo"]) == ("", 0))
    }

    @Test func `fails where the status is 500 or more, and says why on standard output`() throws {
        let outcome = try Self.run(
            "Collect", ["Http_Method": "POST", "Http_Path": "/"],
            body: #"{"messages":[{"id":"m1","body":"throw"}]}"#)
        #expect(outcome.output.hasPrefix(#"{"code":"internal-error""#))
        #expect(outcome.status == 1)
    }

    @Test func `reads what of-watchdog says of a request`() throws {
        let outcome = try Self.run(
            "ShowRequest",
            [
                "Http_Path": "/show/é", "Http_Query": "a=b&c", "Http_Content_Type": "text/plain",
                "Http_X_Forwarded_For": "10.0.0.1", "Http_X_forwarded_for": "10.6.6.6",
                "Http_Content_Length": "4", "Http_ContentLength": "4",
                "Http_Transfer_Encoding": "chunked", "APUS_REQUEST_ID": "r1",
            ], body: "body")
        let answer = try JSON(parsing: outcome.output)
        #expect(answer["path"] == "/show/%C3%A9")
        #expect(answer["name"] == "é")
        #expect(answer["query"] == "a=b&c")
        #expect(answer["id"] == "r1")
        guard case .array(let fields) = answer["headers"] else { throw TestError(outcome.output) }
        #expect(
            Set(fields.map { String(decoding: $0.bytes, as: UTF8.self) }) == [
                #"["content-type","text/plain"]"#, #"["x-forwarded-for","10.0.0.1"]"#,
                #"["content-length","4"]"#,
            ])
    }

    @Test func `reads a body to its end, and refuses one that was cut off`() throws {
        let mirror = ["Http_Method": "POST", "Http_Path": "/mirror"]
        let body = String(repeating: "0123456789", count: 100_000)
        #expect(try Self.run("Mirror", mirror, body: body).output == body)
        let cut = try Self.run(
            "Mirror", mirror.merging(["Http_Content_Length": "5"]) { $1 }, body: "abc")
        #expect(cut.output.contains("The body ended after 3 of 5 bytes."))
    }

    @Test func `runs schedules and queues by POST, as under CGI`() throws {
        let tick = try Self.run(
            "Tick", ["Http_Method": "POST", "Http_Path": "/"],
            body: #"{"schedule":"*/5 * * * *","time":1795251600000}"#)
        #expect(tick == ("", 0))
    }
}
