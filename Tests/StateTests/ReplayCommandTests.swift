import FunctionRuntime
import Testing

@testable import LocalRunner
@testable import TestSupport

/// `local-runner test`, on an app with a few fixtures of its own.
@Suite struct ReplayCommandTests {
    private static let right = """
        {
          "request": {"method": "POST", "path": "/echo", "json": {"name": "Ada"}},
          "response": {"status": 200, "json": {"greeting": "Hello, Ada!", "quantity": 1}}
        }
        """
    private static let wrong = """
        {
          "request": {"method": "POST", "path": "/echo", "json": {"name": "Ada"}},
          "response": {"status": 201, "json": {"greeting": "Hello, <text>!", "quantity": 2}}
        }
        """
    private static let hosts = ["stdin", "cgi", "fastcgi", "lambda", "openfaas"]

    private func folder(_ fixtures: [String: String]) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try folder.writeApp()
        for (name, text) in fixtures {
            try folder.write(text, to: "fixtures/Probes/Echo/\(name).json")
        }
        return folder
    }

    private func test(
        _ arguments: [String] = [], in folder: TemporaryFolder
    ) throws -> (status: Int32, output: String, errors: String) {
        let outcome = try RunnerCopy.run(
            ["test"] + arguments + ["--fixtures", folder.path + "/fixtures"], in: folder)
        return (
            outcome.status, String(decoding: outcome.output, as: UTF8.self),
            String(decoding: outcome.errors, as: UTF8.self)
        )
    }

    @Test func `what is as recorded has a sum a host, and status 0`() throws {
        let result = try test(in: folder(["greets": Self.right]))

        #expect(result.status == 0, "\(result.errors)")
        for host in Self.hosts {
            #expect(result.output.contains("\(host): 1 of 1 as recorded"))
        }
        #expect(result.output.contains("openfaas: 1 of 1 as recorded; it carries no status"))
    }

    @Test func `what differs is shown as a diff, and gives status 1`() throws {
        let result = try test(
            ["--hosts", "stdin,cgi"], in: folder(["greets": Self.right, "is-wrong": Self.wrong]))

        #expect(result.status == 1)
        #expect(
            result.output.contains(
                """
                --- Probes/Echo/is-wrong as recorded
                +++ Probes/Echo/is-wrong through cgi
                @@ status @@
                -201
                +200
                @@ json.quantity @@
                -2
                +1
                """), "\(result.output)")
        #expect(result.output.hasSuffix("stdin: 1 of 2 as recorded\ncgi: 1 of 2 as recorded\n"))
    }

    @Test func `one case is chosen by its name`() throws {
        let result = try test(
            ["Probes/Echo/greets", "--hosts", "stdin", "--verbose"],
            in: folder(["greets": Self.right, "is-wrong": Self.wrong]))

        #expect(result.status == 0)
        #expect(
            result.output == "as recorded  Probes/Echo/greets\nstdin: 1 of 1 as recorded\n")
    }

    @Test(arguments: [
        (["Nowhere"], "There is no app Nowhere; there are: Probes."),
        (["Probes/Nothing"], "Probes has no function Nothing; there are: Echo."),
        (["Probes/Echo/none"], "Probes/Echo has no case none; there are: greets."),
        (["a/b/c/d"], "\"a/b/c/d\" names no fixture; one is named like"),
        (
            ["--hosts", "stdin,apache"],
            "There is no host \"apache\"; there are: stdin, cgi, fastcgi, lambda, openfaas."
        ),
        (["--jobs", "0"], "--jobs is 0; it must be 1 or more."),
        (["--json", "--verbose"], "exclude each other"),
    ])
    func `an unknown name is an error that lists what there is`(
        _ arguments: [String], _ words: String
    ) throws {
        let result = try test(arguments, in: folder(["greets": Self.right]))

        #expect(result.status == 64)
        #expect(result.errors.contains(words), "\(result.errors)")
    }

    @Test func `a file that is no fixture is named`() throws {
        let result = try test(["--hosts", "cgi"], in: folder(["broken": "{"]))

        #expect(result.status == 1)
        #expect(result.output.contains("Echo/broken.json is not a fixture."))
    }

    @Test func `JSON has the differences and the sums`() throws {
        let result = try test(
            ["--json", "--hosts", "cgi,fastcgi"], in: folder(["is-wrong": Self.wrong]))
        let json = try JSON(parsing: result.output)

        #expect(result.status == 1)
        #expect(
            json["hosts"] == [
                ["host": "cgi", "fixtures": 1, "asRecorded": 0, "notCarried": 0],
                ["host": "fastcgi", "fixtures": 1, "asRecorded": 0, "notCarried": 0],
            ])
        guard case .array(let differences)? = json["differences"], differences.count == 2 else {
            Issue.record("It does not have two differences: \(result.output)")
            return
        }
        #expect(differences[1]["fixture"] == "Probes/Echo/is-wrong")
        #expect(
            differences[1]["places"] == [
                ["path": "status", "expected": "201", "found": "200"],
                ["path": "json.quantity", "expected": "2", "found": "1"],
            ])
    }
}
