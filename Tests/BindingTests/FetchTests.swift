import Foundation
import FunctionRuntime
import Testing

@testable import TestSupport

/// A function that asks a service, as a host runs it.
@Suite struct FetchTests {
    private static let executable = Repository.build + "/ProbesFetch"

    private static func fetch(
        _ server: FaultServer, _ members: String = "", environment: [String: String] = [:]
    ) throws -> (answer: JSON, log: String) {
        let request = #"{"method":"GET","path":"/fetch","query":{"url":"\#(server.url)/a?key=k"}"#
        let outcome = try Program.run(
            executable, environment: environment, input: Array("\(request)\(members)}".utf8))
        return (
            try JSON(parsing: outcome.output), String(decoding: outcome.errors, as: UTF8.self)
        )
    }

    @Test func `loads libcurl, and neither Foundation nor libpq`() throws {
        let outcome = try Program.run("/usr/bin/ldd", [Self.executable])
        let libraries = String(decoding: outcome.output, as: UTF8.self)
        #expect(libraries.contains("libcurl"))
        for library in ["Foundation", "libpq"] {
            #expect(!libraries.contains(library))
        }
    }

    @Test func `answers with what the service has, whatever proxy a stranger names`() throws {
        let server = try FaultServer(.status(200, "found"))
        let names = [
            "http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY",
        ]
        let environment = Dictionary(
            uniqueKeysWithValues: names.map { ($0, "http://127.0.0.1:1") })
        let (answer, _) = try Self.fetch(server, environment: environment)
        #expect(answer["body"] == "found")
        #expect(server.requests.map(\.line) == ["GET /a?key=k HTTP/1.1"])
    }

    @Test func `is done before the request's deadline`() throws {
        let server = try FaultServer(.silence)
        // The host's clock may be another than this machine's.
        let (answer, log) = try Self.fetch(
            server, #","time":1000000,"deadline":1000400"#)
        #expect(answer["status"] == 500)
        #expect(answer["error"]?["type"] == "HTTPError")
        #expect(log.contains("took too long"))
        #expect(server.requests.count == 1)
    }

    @Test func `asks nobody where the deadline has passed`() throws {
        let server = try FaultServer(.status(200))
        let (answer, log) = try Self.fetch(server, #","time":1000000,"deadline":1000010"#)
        #expect(answer["status"] == 500)
        #expect(log.contains("there was no time left for it"))
        #expect(server.connections == 0)
    }

    @Test func `logs what the service answered, and no secret`() throws {
        let server = try FaultServer(.status(403, "You may not."))
        let (answer, log) = try Self.fetch(server)
        #expect(answer["status"] == 500)
        #expect(log.contains("GET \(server.url)/a was answered with status 403: You may not."))
        #expect(!log.contains("key=k"))
        #expect(answer["body"]?.text?.contains("You may not") == false)
    }
}
