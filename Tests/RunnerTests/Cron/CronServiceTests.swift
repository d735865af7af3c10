import FunctionRuntime
import Testing

@testable import LocalRunner
@testable import TestSupport

/// Cron fired by hand, at Cloudflare's path and at the runner's own.
@Suite struct CronServiceTests {
    private static let path = "/cdn-cgi/local/scheduled"

    private func server() throws -> CronServer {
        try CronServer(
            ["Tick": "*/5 * * * *", "Collapse": "0 3 * * FRI-SUN", "Doze": "0 4 L * *"],
            at: "2030-01-01 00:00")
    }

    @Test(arguments: [
        "GET /cdn-cgi/local/scheduled", "POST /cdn-cgi/local/scheduled",
        "GET /cdn-cgi/handler/scheduled", "POST /cdn-cgi/mf/scheduled",
    ])
    func `the outcome is the answer`(address: String) throws {
        let server = try server()

        let text = try server.send("\(address)?cron=*/5+*+*+*+*&time=1000")
        let json = try server.send(
            "\(address)?cron=*%2F5%20*%20*%20*%20*&time=2000&format=json")

        #expect(text.status == 200)
        #expect(text.text == "ok")
        #expect(text["content-type"] == "text/plain;charset=UTF-8")
        #expect(json.status == 200)
        #expect(json.text == #"{"outcome":"ok","noRetry":false}"#)
        #expect(json["content-type"] == "application/json")
        #expect(try server.waits(for: "Tick at 1970-01-01T00:00:01.000Z by */5 * * * *"))
        #expect(try server.waits(for: "Tick at 1970-01-01T00:00:02.000Z by */5 * * * *"))
        let runs = try server.history.runs(of: "Probes/Tick", limit: 10)
        #expect(runs.map(\.time) == [2000, 1000])
        #expect(runs.allSatisfy { $0.isByHand })
    }

    @Test func `without a time it is now`() throws {
        let server = try server()

        #expect(try server.send("POST \(Self.path)?cron=*/5+*+*+*+*").text == "ok")
        #expect(try server.waits(for: "Tick at 2030-01-01T00:00:30.000Z"))
    }

    @Test func `a failure is 500 and says so`() throws {
        let server = try server()

        let text = try server.send("POST \(Self.path)?cron=0+3+*+*+FRI-SUN")
        let json = try server.send("POST \(Self.path)?cron=0+4+L+*+*&format=json")

        #expect(text.status == 500)
        #expect(text.text == "exception")
        #expect(json.status == 500)
        #expect(json.text == #"{"outcome":"exception","noRetry":false}"#)
    }

    @Test func `without an expression all run`() throws {
        let server = try server()

        #expect(try server.send("POST \(Self.path)").text == "exception")

        for probe in ["Tick", "Collapse", "Doze"] {
            #expect(try server.history.runs(of: "Probes/\(probe)", limit: 2).count == 1)
        }
    }

    @Test func `an expression that no function has is refused`() throws {
        let reply = try server().send("POST \(Self.path)?cron=1+2+3+4+5")

        #expect(reply.status == 404)
        #expect(reply.text.contains(#""code":"not-found""#))
        #expect(
            reply.text.contains(
                """
                No function has the schedule \\"1 2 3 4 5\\"; there are: */5 * * * *; \
                0 3 * * FRI-SUN; 0 4 L * *.
                """))
    }

    @Test func `without scheduled functions there is nothing to fire`() throws {
        let server = try CronServer([:], at: "2030-01-01 00:00")

        #expect(try server.send("POST \(Self.path)").status == 404)
        #expect(try server.administer("GET", "cron") == ["functions": .array([])])
    }

    @Test(arguments: [
        "time=soon", "time=-1", "time=1.5", "time=99999999999999999", "time=", "format=xml",
        "tz=UTC", "time=1&time=2", "format=JSON",
    ])
    func `what it does not know is refused`(query: String) throws {
        let server = try server()

        #expect(try server.send("POST \(Self.path)?cron=*/5+*+*+*+*&\(query)").status == 400)
        #expect(try server.history.runs(of: "Probes/Tick", limit: 1).isEmpty)
    }

    @Test func `other methods are refused`() throws {
        for method in ["PUT", "DELETE", "HEAD"] {
            let reply = try server().send("\(method) \(Self.path)")
            #expect(reply.status == 405)
            #expect(reply["allow"] == "GET, POST")
        }
    }

    @Test(arguments: [
        "Origin: https://evil.example", "Origin: null", "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site", "Origin: http://localhost.evil.example",
        "Sec-Fetch-Site: same-origin\nOrigin: https://evil.example",
    ])
    func `pages of other sites are refused`(headers: String) throws {
        let server = try server()

        let reply = try server.send("GET \(Self.path)?cron=*/5+*+*+*+*\n\(headers)")

        #expect(reply.status == 403)
        #expect(try server.history.runs(of: "Probes/Tick", limit: 1).isEmpty)
    }

    @Test(arguments: [
        "Sec-Fetch-Site: none", "Sec-Fetch-Site: same-origin\nOrigin: http://localhost",
        "Origin: http://LOCALHOST",
    ])
    func `its own page and the address bar are not`(headers: String) throws {
        let reply = try server().send("GET \(Self.path)?cron=*/5+*+*+*+*\n\(headers)")

        #expect(reply.status == 200)
    }

    @Test func `another machine's name is refused`() throws {
        let server = try server()

        #expect(try server.send("POST \(Self.path)\nHost: evil.example").status == 421)
        #expect(
            try server.send("POST \(Self.path)?cron=*/5+*+*+*+*\nHost: 127.0.0.1:1").status
                == 200)
    }

    @Test func `an app's own address is left to it`() throws {
        let reply = try server().send("POST \(Self.path)\nHost: probes.localhost")

        #expect(reply.status == 404)
        #expect(reply.text.contains("Nothing is at"))
    }

    @Test func `functions are listed with their runs`() throws {
        let server = try server()
        _ = try server.send("POST \(Self.path)?cron=0+3+*+*+FRI-SUN&time=0")

        let cron = try server.administer("GET", "cron")

        guard case .array(let functions)? = cron["functions"], functions.count == 3,
            case .array(let runs)? = functions[1]["runs"]
        else {
            Issue.record("\(cron)")
            return
        }
        #expect(functions[0]["function"] == "Probes/Tick")
        #expect(functions[0]["schedule"] == "*/5 * * * *")
        #expect(functions[0]["next"] == "2030-01-01T00:05:00.000Z")
        // The first of January 2030 is a Tuesday.
        #expect(functions[1]["next"] == "2030-01-04T03:00:00.000Z")
        #expect(functions[2]["next"] == "2030-01-31T04:00:00.000Z")
        #expect(runs.count == 1)
        #expect(runs[0]["time"] == "1970-01-01T00:00:00.000Z")
        #expect(runs[0]["outcome"] == "exception")
        #expect(runs[0]["byHand"] == true)
    }

    @Test func `one function is fired by its name`() throws {
        let server = try server()

        let run = try server.administer("POST", "cron/fire", #"{"function":"Probes/Tick"}"#)
        let unknown = try server.administer(
            "POST", "cron/fire", #"{"function":"Probes/Tock"}"#)

        #expect(run["outcome"] == "ok")
        #expect(
            unknown["message"]?.text
                == "No function Probes/Tock has a schedule; there are: Probes/Tick, Probes/Collapse, Probes/Doze."
        )
    }

    @Test func `the clock is shown and moved`() throws {
        let server = try server()
        let before = try server.administer("GET", "clock")

        let after = try server.administer(
            "POST", "clock/advance", #"{"milliseconds":660000}"#)

        #expect(before["now"] == "2030-01-01T00:00:30.000Z")
        #expect(after["now"]?.text?.hasPrefix("2030-01-01T00:1") == true)
        #expect(after["fired"] == 2)
        #expect(try server.administer("POST", "clock/reset")["ahead"] == 0)
    }

    @Test(arguments: [
        "", "{}", #"{"milliseconds":0}"#, #"{"milliseconds":-1}"#, #"{"milliseconds":"1"}"#,
        #"{"milliseconds":1.5}"#, #"{"milliseconds":999999999999999}"#, "x",
    ])
    func `the clock moves forward only, and not for ever`(body: String) throws {
        let server = try server()

        #expect(try server.administer("POST", "clock/advance", body)["code"] == "bad-request")
    }

    @Test func `the runner's own addresses take its token`() throws {
        let server = try server()

        #expect(try server.send("GET /_/clock").status == 401)
        #expect(try server.send("POST /_/cron/fire\nAuthorization: Bearer x").status == 401)
        #expect(try server.administer("DELETE", "clock")["code"] == "not-found")
        #expect(try server.administer("PUT", "cron")["code"] == "not-found")
    }
}
