import FunctionRuntime
import Testing

@testable import LocalRunner
@testable import TestSupport

/// Packages under the web servers that they are for, configured as they were written.
@Suite struct WebServerTests {
    enum Host: String, CaseIterable, Sendable {
        case nginxWithPrograms, nginxWithFunctions, lighttpdWithPrograms, lighttpdWithFunctions

        var target: any PackageTarget {
            switch self {
            case .nginxWithPrograms, .lighttpdWithPrograms: CGITarget()
            case .nginxWithFunctions, .lighttpdWithFunctions: FastCGITarget()
            }
        }

        var isNginx: Bool { self == .nginxWithPrograms || self == .nginxWithFunctions }

        func start(_ package: Installed) throws {
            switch self {
            case .nginxWithPrograms: try package.startNginx(.programs)
            case .nginxWithFunctions: try package.startNginx(.functions)
            case .lighttpdWithPrograms, .lighttpdWithFunctions: try package.startLighttpd()
            }
        }
    }

    /// A function of the tests, as the compiler made it.
    private static func built(_ name: String) throws -> Catalog.Function {
        let executable = "\(Repository.build)/Probes\(name)"
        let output = try Program.run(executable, ["--describe"]).output
        return Catalog.Function(
            name: name, executable: executable,
            description: try FunctionDescription(try JSON(parsing: output), of: name))
    }

    private static func installed(_ host: Host) throws -> Installed {
        let package = try Installed(
            host.target, ["Echo", "ReflectRequest", "ShowRequest"].map(built))
        try host.start(package)
        return package
    }

    @Test(arguments: Host.allCases)
    func `finds functions by path and method`(_ host: Host) throws {
        let package = try Self.installed(host)

        let show = try package.send("GET", "/show/a%20b?x=%2F&y")
        let alias = try package.send("GET", "/show")
        let head = try package.send("HEAD", "/show/a")
        let echo = try package.send(
            "POST", "/echo", headers: ["content-type": "application/json"],
            body: #"{"name":"Ada"}"#)
        let put = try package.send("PUT", "/reflections/a", body: "text")

        #expect(show.status == 200)
        #expect(show.text.contains(#""path":"/show/a%20b","query":"x=%2F&y","name":"a b""#))
        #expect(alias.status == 200)
        #expect(alias.text.contains(#""path":"/show""#))
        #expect(head.status == 200)
        #expect(head.body.isEmpty)
        #expect(echo.text == #"{"greeting":"Hello, Ada!","quantity":1}"#)
        #expect(put.status == 201)
    }

    @Test(arguments: Host.allCases)
    func `refuses other methods and paths in the app's envelope`(_ host: Host) throws {
        let package = try Self.installed(host)

        let method = try package.send("DELETE", "/show/a")
        let options = try package.send("OPTIONS", "/echo")
        let nothing = try package.send("GET", "/nothing")
        let slash = try package.send("GET", "/show/a%2Fb")
        let empty = try package.send("GET", "/show/")

        #expect(method.status == 405)
        #expect(method.headers["allow"] == (host.isNginx ? "GET, HEAD, OPTIONS" : "GET, HEAD"))
        #expect(method.text.contains(#""code":"method-not-allowed""#))
        #expect(options.status == (host.isNginx ? 204 : 405))
        for answer in [nothing, slash, empty] {
            #expect(answer.status == 404)
            #expect(answer.text.contains(#""code":"not-found""#))
            #expect(answer.headers["content-type"] == "application/json")
        }
    }

    @Test(arguments: Host.allCases)
    func `takes ten megabytes, and no more`(_ host: Host) throws {
        let package = try Self.installed(host)

        let json: Headers = ["content-type": "application/json"]
        let large = try package.send(
            "POST", "/echo", headers: json, body: String(repeating: " ", count: 10 << 20))
        let tooLarge = try package.send(
            "POST", "/echo", headers: json, body: String(repeating: " ", count: (10 << 20) + 1))

        #expect(large.status == 400)
        #expect(large.text.contains(#""code":""#))
        #expect(tooLarge.status == 413)
    }

    /// What would be a variable, an end or an escape in some configuration.
    private static let hostile = #"a"b\c$d ${x} #e;{}' %41 ä"#

    /// A program that answers with a variable and its path, in place of a function.
    private static func program(
        _ folder: TemporaryFolder, _ name: String, _ method: String, _ path: String
    ) throws -> Catalog.Function {
        let script = """
            #!/bin/sh
            printf 'Content-Type: text/plain\\r\\n\\r\\n%s|%s|%s|%s' \
            '\(name)' "$SECRET" "$PATH_INFO" "${OTHER-}"
            """
        try folder.write(script, to: name)
        return try Parts.function(
            name, method, [path], variables: ["SECRET"], executable: "\(folder.path)/\(name)")
    }

    @Test(arguments: [Host.nginxWithPrograms, .lighttpdWithPrograms])
    func `hands a program its variables as they are, and no others`(_ host: Host) throws {
        let folder = try TemporaryFolder()
        let package = try Installed(
            host.target,
            [
                try Self.program(folder, "Show", "GET", "/{place}"),
                try Self.program(folder, "Change", "PUT", "/here"),
                try Parts.function("Other", ["/other/{x}"], variables: ["OTHER"]),
            ], variables: ["# OTHER=0", "SECRET=" + Self.hostile, "OTHER=1"])
        try host.start(package)

        #expect(try package.send("PUT", "/here").text == "Change|\(Self.hostile)|/here|")
        #expect(try package.send("GET", "/here").text == "Show|\(Self.hostile)|/here|")
        #expect(try package.send("GET", "/there").text == "Show|\(Self.hostile)|/there|")
    }

    @Test func `starts a function with its variables as they are, and no others`() throws {
        var function = try Self.built("ShowRequest")
        function.description = try Parts.function("ShowRequest", ["/show"], variables: ["SECRET"])
            .description
        let package = try Installed(
            FastCGITarget(), [function], variables: ["SECRET=" + Self.hostile, "OTHER=1"])
        try package.succeed("functions", ["start"])

        let environment = try package.environment(of: "ShowRequest")

        #expect(environment.contains("SECRET=" + Self.hostile))
        #expect(environment.allSatisfy { !$0.hasPrefix("OTHER=") && !$0.hasPrefix("OWNER=") })
    }

    @Test func `names what an env file lacks`() throws {
        let package = try Installed(
            CGITarget(), [try Parts.function("Show", ["/show"], variables: ["SECRET"])])

        let outcome = try package.run("configure")

        #expect(outcome.status == 1)
        #expect(String(decoding: outcome.errors, as: UTF8.self).contains("does not have SECRET"))
    }

    @Test func `runs what crontab names`() throws {
        let tick = try Self.built("Tick")
        let package = try Installed(CGITarget(), [tick])

        let good = try package.run("run-scheduled", ["Probes/Tick", "* * * * *"])
        let bad = try package.run("run-scheduled", ["Probes/Tock", "* * * * *"])

        #expect(good.status == 0, "\(String(decoding: good.errors, as: UTF8.self))")
        #expect(bad.status != 0)
    }
}
