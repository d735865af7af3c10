import Foundation
import FunctionRuntime
import Testing

@testable import LocalRunner
@testable import TestSupport

/// What is written for AWS Lambda.
@Suite struct LambdaTests {
    /// All functions of Brainstorm, as they describe themselves.
    static func brainstorm(_ names: Set<String> = []) throws -> PackageBundle {
        let folder = try TemporaryFolder()
        let said = try Program.run(
            RunnerCopy.program, ["routes", "--json", "--state", folder.path + "/state"],
            environment: ["PATH": "/usr/bin:/bin"])
        guard case .array(let apps)? = try JSON(parsing: said.output)["apps"],
            let app = apps.first(where: { $0["name"] == "Brainstorm" }),
            case .array(let functions)? = app["functions"]
        else { throw TestError(String(decoding: said.output + said.errors, as: UTF8.self)) }
        return PackageBundle(
            parts: [
                .init(
                    app: try App(folder: Repository.root + "/Functions/Brainstorm"),
                    functions: try functions.compactMap { json in
                        guard let name = json["name"]?.text, names.isEmpty || names.contains(name)
                        else { return nil }
                        return Catalog.Function(
                            name: name, executable: json["executable"]?.text ?? "",
                            description: try FunctionDescription(json, of: name))
                    })
            ], prefix: "/opt/apus", sockets: "/run/apus", processes: try Children.processes.get())
    }

    @Test func `AWS takes the template of all functions of Brainstorm`() throws {
        let bundle = try Self.brainstorm()
        let names = bundle.functions.map { LambdaName.of($0.function, in: $0.app) }
        let template = LambdaTemplate(bundle: bundle, dynamic: Set(names))
        let folder = try TemporaryFolder()
        try folder.write(template.text, to: "template.yaml")

        let outcome = try Program.run(
            Repository.root + "/.build/clients/bin/python",
            [Repository.root + "/Tests/Clients/cloudformation.py", folder.path + "/template.yaml"],
            environment: ["PATH": "/usr/bin:/bin", "HOME": folder.path], patience: 300)

        let said = String(decoding: outcome.output + outcome.errors, as: UTF8.self)
        try #require(outcome.status == 0, "\(said)")
        let figures = try JSON(parsing: outcome.output)
        #expect(try figures["resources"]?.decode(as: Int.self) == template.resourceCount)
        #expect(template.resourceCount < 500)
        #expect(try figures["parameters"]?.decode(as: Int.self) ?? 201 <= 200)
        #expect(try figures["bytes"]?.decode(as: Int.self) ?? 1 << 20 < 1_000_000)
    }

    @Test func `a function gets what it declares, and secrets are parameters`() throws {
        let text = LambdaTemplate(
            bundle: try Self.brainstorm(["ImportParticipants"]),
            dynamic: ["brainstorm-ImportParticipants"]
        ).text

        for line in [
            "          JWT_SECRET:\n            Ref: BrainstormJwtSecret\n",
            "          S3_BUCKET_IMPORTS:\n            Ref: BrainstormBucketImports\n",
            "          LD_LIBRARY_PATH: /opt/lib\n", "    NoEcho: true\n",
            "                  - sqs:SendMessage\n", "                  - s3:PutObject\n",
        ] { #expect(text.contains(line), "\(line)") }
        #expect(!text.contains("for-development-only"))
        #expect(!text.contains("localhost"))
        #expect(!text.contains("RESEND_API_KEY"))
        #expect(!text.contains("AWS_SECRET_ACCESS_KEY"))
        #expect(!text.contains("sqs:ReceiveMessage"))
    }

    @Test func `a function's archive is a line for the loader and the function`() throws {
        let bundle = try Self.brainstorm(["ListNews"])

        let files = try LambdaTarget().files(of: bundle)

        guard
            case .zip(let archive)? = files.first(where: {
                $0.path == "functions/brainstorm-ListNews.zip"
            })?.content,
            case .zip(let layer)? = files.first(where: { $0.path == "layer.zip" })?.content
        else {
            Issue.record("There are \(files.map(\.path)).")
            return
        }
        #expect(archive.map(\.path) == ["bootstrap", "function"])
        #expect(archive.allSatisfy { $0.mode == 0o755 })
        #expect(
            try archive[0].bytes()
                == Array("#!/opt/lib/ld-linux-x86-64.so.2 /var/task/function\n".utf8))
        let names = Set(layer.map(\.path))
        #expect(
            names.isSuperset(of: [
                "lib/ld-linux-x86-64.so.2", "lib/libc.so.6", "lib/libpq.so.5",
                "ssl/ca-certificates.crt",
            ]))
    }

    @Test func `the archive and the layer are all that a function needs`() throws {
        let bundle = try Self.brainstorm(["ListNews"])
        let folder = try TemporaryFolder()
        for file in try LambdaTarget().files(of: bundle) {
            guard case .zip(let files) = file.content else { continue }
            let place = file.path == "layer.zip" ? "opt" : "task"
            _ = try PackageFolder("\(folder.path)/\(place)").write(files) { _, _, _ in }
        }
        let loader = folder.path + "/opt/lib/ld-linux-x86-64.so.2"

        // As the kernel starts a program whose first line names the loader.
        let outcome = try Program.run(
            loader, ["--list", folder.path + "/task/function"],
            environment: ["LD_LIBRARY_PATH": folder.path + "/opt/lib"])

        let lines = String(decoding: outcome.output, as: UTF8.self).split(separator: "\n")
            .filter { $0.contains("=>") }
        #expect(outcome.status == 0)
        #expect(!lines.isEmpty)
        for line in lines {
            #expect(line.contains(folder.path + "/opt/lib") || line.contains("ld-linux"), "\(line)")
        }
    }

    @Test func `a schedule that EventBridge cannot say is left out, with what to do`() throws {
        let bundle = try Parts.bundle([])
        let function = try Parts.scheduled("Tick", "0 0 L-3 * *")

        let refusal = try Parts.obstacle(
            to: function, of: bundle.parts[0].app, on: .lambda)

        #expect(refusal?.contains("what EventBridge cannot say") == true)
    }

    @Test func `what is too much for a stack is refused, with what to do`() throws {
        let functions = try (0..<260).map { try Parts.function("F\($0)", ["/f/\($0)"]) }
        let template = LambdaTemplate(bundle: try Parts.bundle(functions), dynamic: [])

        let error = #expect(throws: RunnerError.self) { try template.check() }
        #expect(error?.description.contains("520 routes, and an HTTP API 300") == true)
    }
}
