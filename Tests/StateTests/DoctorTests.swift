import Foundation
import FunctionRuntime
import Testing

@testable import LocalRunner
@testable import TestSupport

/// What the doctor says of made-up functions, and of Brainstorm as typed.
@Suite struct DoctorTests {
    /// A function as it would describe itself.
    private func entry(
        _ members: String, variables: [String: String] = [:]
    ) throws -> Catalog.Entry {
        var file = try AppFile(yaml: "name: Shop", path: "app.yaml", folder: "Shop")
        file.variables = variables
        var app = try App(folder: Repository.root + "/Tests/Probes")
        app.file = file
        let json = try JSON(
            parsing: #"{"name":"Show","envelope":"","bindings":[],\#(members)}"#)
        let function = Catalog.Function(
            name: "Show", executable: "", description: try FunctionDescription(json, of: "Show"))
        return Catalog.Entry(
            app: app, functions: [function], unsetVariables: [], unusedVariables: [])
    }

    /// The findings of one function with some topics, each as `severity problem`.
    private func problems(
        _ target: HostTarget, _ topic: Finding.Topic, _ entry: Catalog.Entry,
        _ environment: [String: String] = [:]
    ) throws -> [String] {
        try Diagnosis(
            of: target, [entry], answers: RecordedAnswers(folder: "/nowhere"),
            environment: environment
        ).entries.map(\.finding).filter { $0.topic == topic }
            .map { "\($0.severity) \($0.problem)" }
    }

    private static let post = #""route":{"method":"POST","path":"/shop"}"#

    @Test(arguments: [
        (#""bodyLimit":1048576"#, HostTarget.lambda, ""),
        (#""bodyLimit":5242880"#, .lambda, "differs"), (#""bodyLimit":1048576"#, .cgi, ""),
        (#""bodyLimit":5242880"#, .fastcgi, "differs"), (#""bodyLimit":5242880"#, .openfaas, ""),
        (#""input":{"type":"array","items":{}}"#, .lambda, "differs"),
        (
            #""input":{"type":"object","properties":{"a":{"type":"string","maxLength":100}}}"#,
            .lambda, ""
        ),
        (
            #""input":{"type":"object","properties":{"a":{"type":"string","maxLength":600000}}}"#,
            .lambda, "differs"
        ),
    ])
    func `bodies are compared with the host's limit`(
        members: String, target: HostTarget, severity: String
    ) throws {
        let problems = try problems(target, .body, entry("\(Self.post),\(members)"))

        #expect(problems.first?.split(separator: " ").first.map(String.init) ?? "" == severity)
    }

    @Test func `the largest body for Lambda fits its event as base64`() throws {
        let limit = try #require(HostTraits.of(.lambda).body)

        #expect((limit.bytes + 2) / 3 * 4 + (64 << 10) <= 6 << 20)
        #expect(limit.bytes > 4_600_000)
    }

    @Test(arguments: [
        (HostTarget.lambda, 0), (.cgi, 1), (.fastcgi, 1), (.openfaas, 1), (.systemd, 1),
    ])
    func `a queue is delivered by Lambda alone`(target: HostTarget, count: Int) throws {
        let queue =
            #""queue":{"name":"mails","batchSize":5,"maxReceives":3,"retryDelay":0}"#

        #expect(try problems(target, .queue, entry(queue)).count == count)
    }

    @Test(arguments: [(0, 0), (60, 1), (180, 0)])
    func `SQS has a delay of its own for what failed`(delay: Int, count: Int) throws {
        let queue =
            #""queue":{"name":"mails","batchSize":5,"maxReceives":3,"retryDelay":\#(delay)}"#
        let problems = try problems(.lambda, .queue, entry(queue))

        #expect(problems.count == count)
        #expect(problems.allSatisfy { $0.hasPrefix("differs") && $0.contains("180") })
    }

    @Test func `a schedule that cannot be said there fails`() throws {
        let last = try entry(#""schedule":"0 0 L * *""#)
        let either = try entry(#""schedule":"0 0 1 * MON""#)

        #expect(try problems(.openfaas, .schedule, last).first?.hasPrefix("fails") == true)
        #expect(
            try problems(.openfaas, .schedule, last).first?.contains("crontab cannot say") == true)
        #expect(try problems(.systemd, .schedule, last).isEmpty)
        #expect(
            try problems(.lambda, .schedule, either).first?.contains("two schedules") == true)
    }

    @Test func `a path with a placeholder is decoded by web servers and by an HTTP API`() throws {
        let entry = try entry(#""route":{"method":"GET","path":"/shop/{id}"}"#)

        for target in [HostTarget.cgi, .fastcgi, .lambda] {
            #expect(try problems(target, .path, entry).count == 1)
        }
        #expect(try problems(.lambda, .path, self.entry(Self.post)).isEmpty)
    }

    @Test func `what only OpenFaaS cannot carry`() throws {
        let socket = try entry(#""route":{"method":"GET","path":"/ws","webSocket":true}"#)

        #expect(try problems(.openfaas, .realtime, socket).first?.hasPrefix("fails") == true)
        #expect(try problems(.lambda, .realtime, socket).first?.hasPrefix("differs") == true)
    }

    @Test func `what OpenFaaS does to every function with a route`() throws {
        let entry = try entry(Self.post)
        let said = try problems(.openfaas, .answer, entry)

        #expect(said.contains { $0.contains("under \"streaming\" every status is 200") })
        #expect(said.contains { $0.contains("its body \"exit status 1\"") })
        #expect(try problems(.openfaas, .header, entry).count == 1)
        #expect(
            try problems(.openfaas, .address, entry) == [
                "differs is told no peer's address; X-Forwarded-For is all that it knows of its client"
            ])
        let job = try self.entry(#""schedule":"0 0 * * *""#)
        for topic in [Finding.Topic.answer, .header, .address] {
            #expect(try problems(.openfaas, topic, job).isEmpty)
            #expect(try problems(.cgi, topic, entry).isEmpty)
        }
    }

    @Test func `who looks at addresses must trust OpenFaaS's gateway`() throws {
        let members = Self.post + #","bindings":[{"kind":"variable","name":"TRUSTED_PROXY_HOPS"}]"#
        let entry = try entry(members, variables: ["TRUSTED_PROXY_HOPS": "0"])
        let hops = ["TRUSTED_PROXY_HOPS": "1"]

        #expect(try problems(.openfaas, .address, entry).first?.hasPrefix("fails") == true)
        #expect(try problems(.openfaas, .address, entry, hops).count == 1)
        #expect(try problems(.fastcgi, .address, entry).isEmpty)
    }

    @Test(arguments: HostTarget.allCases)
    func `settings keep no function out of a package, and all else that fails does`(
        target: HostTarget
    ) throws {
        let bindings = #","bindings":[{"kind":"database","name":"shop"}]"#
        let queue = #""queue":{"name":"mails","batchSize":5,"maxReceives":3,"retryDelay":0}"#

        #expect(try obstacle(target, entry(Self.post + bindings)) == nil)
        #expect(
            try obstacle(target, entry(queue + bindings))?.topic
                == (target == .lambda ? nil : .queue))
    }

    private func obstacle(_ target: HostTarget, _ entry: Catalog.Entry) throws -> Finding? {
        try Subject(
            app: entry.app, function: entry.functions[0], host: .of(target), answers: .init(),
            environment: [:]
        ).obstacle
    }

    @Test func `settings are those of the environment, and a secret is not the default`() throws {
        let bindings =
            #""bindings":[{"kind":"database","name":"shop"},{"kind":"queue","name":"mails"},{"kind":"variable","name":"APP_SECRET"},{"kind":"variable","name":"PASSWORD_LIMIT"}],"#
        let members = Self.post + "," + bindings.dropLast()
        let entry = try entry(members, variables: ["APP_SECRET": "known", "PASSWORD_LIMIT": "5"])

        #expect(
            try problems(.cgi, .settings, entry) == [
                "fails AWS_ACCESS_KEY_ID, AWS_REGION, AWS_SECRET_ACCESS_KEY are not set",
                "fails APP_SECRET has the value of app.yaml, which everybody knows",
                "fails DATABASE_URL is not set", "fails SQS_QUEUE_URL_MAILS is not set",
            ])
        #expect(
            try problems(
                .lambda, .settings, entry,
                ["DATABASE_URL": "postgres://db/shop", "APP_SECRET": "of my own"]
            ).isEmpty)
    }

    @Test func `an address of this machine is none of another's`() throws {
        let members = Self.post + #","bindings":[{"kind":"variable","name":"APP_URL"}]"#
        let entry = try entry(members, variables: ["APP_URL": "http://localhost:8787/shop"])

        #expect(try problems(.cgi, .settings, entry).count == 1)
        #expect(try problems(.cgi, .settings, entry, ["APP_URL": "https://shop.eu"]).isEmpty)
    }

    @Test func `fixtures tell of cookies and redirects`() throws {
        let answers = RecordedAnswers(folder: Repository.root + "/Tests/Fixtures")
        let app = try App(folder: Repository.root + "/Functions/Brainstorm")

        #expect(answers.of("SignIn", in: app).fields.contains("set-cookie"))
        #expect(answers.of("OpenPasswordReset", in: app).statuses.contains(302))
    }

    private func run(_ arguments: [String]) throws -> Program.Outcome {
        let folder = try TemporaryFolder()
        return try Program.run(
            RunnerCopy.program, ["doctor", "--state", folder.path + "/state"] + arguments,
            environment: ["PATH": "/usr/bin:/bin"])
    }

    @Test func `Brainstorm on OpenFaaS, as typed`() throws {
        let outcome = try run(["--target", "openfaas", "Brainstorm"])
        let text = String(decoding: outcome.output, as: UTF8.self)

        #expect(outcome.status == 1)
        #expect(text.contains("fails    answer    6 functions: sets cookies"))
        #expect(text.contains("Brainstorm/OpenPasswordReset: redirects"))
        #expect(text.contains("functions on OpenFaaS: "))
    }

    @Test func `findings as JSON, of the functions that are named`() throws {
        let outcome = try run(
            [
                "--target", "lambda", "--json", "Brainstorm/ImportParticipants",
                "Brainstorm/ListNews",
            ])
        let json = try JSON(parsing: outcome.output)

        #expect(json["functions"] == 2)
        guard case .array(let findings)? = json["findings"] else {
            Issue.record("There are no findings in \(json.pretty)")
            return
        }
        let body = findings.first { $0["topic"] == "body" }
        #expect(body?["severity"] == "differs")
        #expect(body?["functions"] == ["Brainstorm/ImportParticipants"])
    }

    @Test func `a function that there is not, and a host that there is not`() throws {
        let unknown = try run(["--target", "cgi", "Brainstorm/Frobnicate"])
        let host = try run(["--target", "mainframe"])

        #expect(unknown.status == 1)
        #expect(String(decoding: unknown.errors, as: UTF8.self).contains("Frobnicate"))
        #expect(host.status == 64)
    }
}
