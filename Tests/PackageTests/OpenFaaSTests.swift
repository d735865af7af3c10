import FunctionRuntime
import Glibc
import Testing
import Yams

@testable import LocalRunner
@testable import TestSupport

/// What is written for OpenFaaS.
@Suite struct OpenFaaSTests {
    @Test func `the stack has functions, settings, secrets and schedules`() throws {
        let bundle = try LambdaTests.brainstorm(["ListNews", "ShowOverlay", "ExpireSessions"])

        let files = try OpenFaaSTarget().files(of: bundle)
        let stack = try #require(try Yams.compose(yaml: files.text(of: "stack.yml")))

        #expect(stack["provider"]?["name"]?.string == "openfaas")
        let functions = try #require(stack["functions"]?.mapping)
        #expect(
            functions.keys.compactMap(\.string) == [
                "brainstorm-expire-sessions", "brainstorm-list-news", "brainstorm-show-overlay",
            ])
        let list = try #require(functions["brainstorm-list-news"])
        #expect(list["handler"]?.string == "./functions/brainstorm-list-news")
        #expect(list["environment"]?["content_type"]?.string == "application/json")
        #expect(list["environment"]?["TRUSTED_PROXY_HOPS"]?.string == "0")
        #expect(list["secrets"]?.array().contains("brainstorm-database-url") == true)
        #expect(list["build_args"]?["PACKAGES"]?.string?.contains("libpq5") == true)
        #expect(
            functions["brainstorm-show-overlay"]?["environment"]?["content_type"]?.string
                == "text/html; charset=utf-8")
        let annotations = functions["brainstorm-expire-sessions"]?["annotations"]
        #expect(annotations?["topic"]?.string == "cron-function")
        #expect(annotations?["schedule"]?.string == "0 * * * *")
    }

    /// The fields of docs.openfaas.com/reference/yaml.
    @Test func `the stack has no field that faas-cli does not know`() throws {
        let bundle = try LambdaTests.brainstorm(["ListNews", "ExpireSessions"])
        let stack = try #require(
            try Yams.compose(yaml: OpenFaaSTarget().files(of: bundle).text(of: "stack.yml")))

        for (_, function) in try #require(stack["functions"]?.mapping) {
            let names = Set(try #require(function.mapping).keys.compactMap(\.string))
            #expect(
                names.isSubset(of: [
                    "lang", "handler", "image", "build_args", "environment", "secrets",
                    "annotations",
                ]))
        }
    }

    @Test func `secrets become variables when a container starts`() throws {
        let folder = try TemporaryFolder()
        try folder.write("postgres://db/app", to: "secrets/brainstorm-database-url")
        try folder.write("#!/bin/sh\nprintf %s \"$DATABASE_URL\"\n", to: "bin/fwatchdog")
        try #require(chmod(folder.path + "/bin/fwatchdog", 0o755) == 0)
        let start = try OpenFaaSTarget().files(of: Parts.bundle([]))
            .text(of: "template/apus/start")
            .replacingPlace("/var/openfaas/secrets", with: folder.path + "/secrets")

        let outcome = try Program.run(
            "/bin/sh", ["-c", start], environment: ["PATH": folder.path + "/bin:/usr/bin:/bin"])

        #expect(String(decoding: outcome.output, as: UTF8.self) == "postgres://db/app")
    }

    @Test func `what OpenFaaS cannot run is left out`() throws {
        let bundle = try LambdaTests.brainstorm([
            "SendMails", "OpenSocket", "StreamEvents", "SignIn", "ListNews",
        ])

        let refused = try bundle.functions.filter {
            try Parts.obstacle(to: $0.function, of: $0.app, on: .openfaas) != nil
        }

        #expect(
            refused.map(\.function.name).sorted() == [
                "OpenSocket", "SendMails", "SignIn", "StreamEvents",
            ])
    }

    @Test(arguments: [
        ("ListNews", "probes-list-news"), ("ShowCSV", "probes-show-csv"), ("Echo", "probes-echo"),
    ])
    func `names are those of hosts`(name: String, expected: String) throws {
        let function = try Parts.function(name, ["/x"])
        let app = try Parts.bundle([function]).parts[0].app

        #expect(OpenFaaSTarget.name(of: function, in: app) == expected)
    }
}

extension String {
    fileprivate func replacingPlace(_ place: String, with other: String) -> String {
        split(separator: place, omittingEmptySubsequences: false).joined(separator: other)
    }
}

extension Node {
    fileprivate func array() -> [String] { sequence.map { $0.compactMap(\.string) } ?? [] }
}
