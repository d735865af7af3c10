import FunctionRuntime
import Testing

@testable import LocalRunner
@testable import TestSupport

/// What developers.cloudflare.com/kv/api/write-key-value-pairs documents of expiring keys.
@Suite struct ExpiryTests {
    @Test(arguments: [
        ("expiration_ttl=59", "400 10034"), ("expiration_ttl=0", "400 10034"),
        ("expiration_ttl=-60", "400 10034"), ("expiration_ttl=nan", "400 10034"),
        ("expiration_ttl=", "400 10034"), ("expiration_ttl=60.5", "400 10034"),
        ("expiration_ttl=99999999999999999999", "400 10034"),
        ("expiration=60", "400 10033"), ("expiration=x", "400 10033"),
        // Milliseconds, by mistake.
        ("expiration=1795251600000", "400 10033"),
    ])
    func `a time that is none, or too near, is refused`(query: String, refusal: String) throws {
        let server = try EmulatedServer()
        #expect(try server.tests("PUT", "/values/k?\(query)", body: "v").refusal == refusal)
        #expect(try server.tests("GET", "/values/k").refusal == "404 10009")
    }

    @Test func `a value ends when it is time, by the clock, and the key with it`() throws {
        let server = try EmulatedServer()
        let now = RunnerClock().now / 1000
        #expect(
            try server.tests("PUT", "/values/moment?expiration=\(now + 3600)", body: "v").status
                == 200)
        #expect(try server.tests("PUT", "/values/stays", body: "v").status == 200)
        // The time to live wins.
        let both = "/values/both?expiration=\(now + 9000)&expiration_ttl=3600"
        #expect(try server.tests("PUT", both, body: "v").status == 200)
        let expiration = try server.tests("GET", "/values/moment").headers["expiration"]
        #expect(expiration == "\(now + 3600)")
        let keys = try server.tests("GET", "/keys").result.elements
        #expect(keys.map { $0["name"]?.text } == ["both", "moment", "stays"])
        #expect(keys[1]["expiration"] == .number("\(now + 3600)") && keys[2]["expiration"] == nil)
        server.stop()

        let later = try EmulatedServer(in: server.folder, ahead: 3590)
        #expect(try later.tests("GET", "/values/moment").status == 200)
        later.stop()
        let last = try EmulatedServer(in: server.folder, ahead: 3605)
        for key in ["moment", "both"] {
            #expect(try last.tests("GET", "/values/\(key)").refusal == "404 10009")
            #expect(try last.tests("GET", "/metadata/\(key)").refusal == "404 10009")
        }
        let left = try last.tests("GET", "/keys").result.elements.map { $0["name"]?.text }
        #expect(left == ["stays"])
    }

    @Test func `a new value has its own end, or none`() throws {
        let server = try EmulatedServer()
        #expect(try server.tests("PUT", "/values/k?expiration_ttl=60", body: "v").status == 200)
        #expect(try server.tests("PUT", "/values/k", body: "w").status == 200)
        #expect(try server.tests("GET", "/values/k").headers["expiration"] == nil)
    }

    @Test func `a clock a minute ahead wants its own minute`() throws {
        let server = try EmulatedServer(ahead: 1000)
        let soon = RunnerClock().now / 1000 + 1030
        #expect(
            try server.tests("PUT", "/values/k?expiration=\(soon)", body: "v").refusal
                == "400 10033")
    }
}
