import FunctionRuntime
import Testing

@testable import LocalRunner
@testable import TestSupport

/// What is written for web servers and systemd.
@Suite struct ConfigurationTests {
    @Test func `a package names what functions need, and holds no secret`() throws {
        let bundle = try Parts.bundle([
            try Parts.function("Show", ["/show"], variables: ["JWT_SECRET", "LIMIT"])
        ])

        let example = try CGITarget().files(of: bundle).text(of: "etc/Probes.env.example")

        #expect(example.contains("\nJWT_SECRET=\n"))
        #expect(example.contains("\nLIMIT=\n"))
    }

    @Test func `a secret's default in app.yaml is none in production`() throws {
        let folder = try TemporaryFolder()
        try folder.writeApp()
        try folder.write(
            "name: Probes\nvariables:\n  JWT_SECRET: known\n  LIMIT: \"5\"\n", to: "Probes/app.yaml"
        )
        let app = try App(folder: folder.path + "/Probes")
        let function = try Parts.function("Show", ["/show"], variables: ["JWT_SECRET", "LIMIT"])

        let variables = PackageVariable.all(of: function, in: app)

        #expect(variables.map(\.value) == [nil, "5"])
        #expect(variables.map(\.isSecret) == [true, false])
    }

    @Test func `an envelope is quoted as nginx reads it`() throws {
        let bundle = try Parts.bundle([
            try Parts.function(
                "Show", ["/show"], envelope: #"{"price":"5$","text":"{message}\n","code":"{code}"}"#
            )
        ])

        let locations = try CGITarget().files(of: bundle).text(of: "nginx/locations.conf")

        #expect(
            locations.contains(
                #"return 404 "{\"price\":\"5${apus_dollar}\",\"text\":\"Nothing is at this "#
                    + #"path.\\n\",\"code\":\"not-found\"}";"#))
    }

    @Test func `signs of regular expressions in a path mean themselves`() {
        let path = RouteTable.Path("/v1.0/{id}/a+b(c)$")

        #expect(path.pattern(below: "/x.y") == "^/x[.]y/v1[.]0/[^/]+/a[+]b[(]c[)][$]$")
    }

    @Test func `a unit has the variables of its function alone`() throws {
        let bundle = try Parts.bundle([
            try Parts.function("Show", ["/show"], variables: ["A", "B"]),
            try Parts.function("Sleep", ["/sleep"], variables: ["B", "C"]),
            try Parts.function("Large", ["/large"]),
        ])

        let files = try SystemdTarget().files(of: bundle)

        let show = try files.text(of: "units/apus-Probes-Show@.service")
        #expect(show.contains("\nEnvironmentFile=/opt/apus/etc/Probes.env\nUnsetEnvironment=C\n"))
        #expect(try !files.text(of: "units/apus-Probes-Large@.service").contains("Environment"))
        #expect(
            try files.text(of: "units/apus-Probes-Show.socket")
                .contains("\nListenStream=/run/apus/Probes/Show.sock\n"))
    }

    @Test func `a queue's function is left out, with what to do`() throws {
        let bundle = try Parts.bundle([try Parts.function("Show", ["/show"])])
        let json: JSON = [
            "name": "Collect", "bindings": [], "envelope": .string(Refusal.envelope),
            "queue": [
                "name": "mails", "batchSize": .number("1"), "maxReceives": .number("1"),
                "retryDelay": .number("1"),
            ],
        ]
        let function = Catalog.Function(
            name: "Collect", executable: "/bin/true",
            description: try FunctionDescription(json, of: "Collect"))

        for target in [HostTarget.cgi, .fastcgi, .systemd] {
            let refusal = try Parts.obstacle(to: function, of: bundle.parts[0].app, on: target)
            #expect(refusal?.contains("the queue mails, ") == true)
            #expect(refusal?.contains("Run it at AWS Lambda") == true)
        }
    }
}
