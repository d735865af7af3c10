import ArgumentParser
import Foundation
import FunctionRuntime
import Glibc

/// Runs one function on one request.
struct Invoke: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run one function on one request, and show the answer.",
        discussion: """
            The request is JSON as functions read it on standard input: {"method", "path", "query", \
            "headers", "json", …}. A file with a member "request", such as a fixture of the tests, \
            gives that. Without a request, the function's route is called as it is declared.

            The function sees what it would see when served: its variables, and its database, \
            which is started for the moment if nothing runs. Its log goes to standard error. The exit \
            status is 0 for an answer below 500.
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: ArgumentHelp("Such as Brainstorm/ListNews.", valueName: "app/function"))
    var name: String

    @Argument(help: ArgumentHelp("A file of JSON, or - for standard input.", valueName: "fixture"))
    var fixture: String?

    func run() throws {
        signal(SIGPIPE, SIG_IGN)
        let workspace = try common.workspace()
        let state = try common.stateFolder(in: workspace)
        let processes = try Guard()
        defer { processes.stop() }
        let catalog = try Catalog.load(workspace, state: state, processes: processes)
        let (app, function) = try catalog.function(named: name)
        let request = try request(for: function)

        let needsDatabase = !function.description.names(of: "database").isEmpty
        let servers = try DatabaseServers(
            for: needsDatabase ? [app] : [], in: state, processes: processes, command: "invoke")
        defer { servers.close() }
        for database in servers.databases { _ = try database.prepare() }

        let environment = FunctionEnvironment.make(
            for: function, of: app, databaseURL: try servers.databases.first?.functionURL,
            services: try services(in: state, catalog))
        let run = try processes.output(
            of: ChildProcess(executable: function.executable, environment: environment),
            input: request.bytes, seconds: 60)
        let status = try show(run.output, run.status)
        if status >= 500 { throw ExitCode(1) }
    }

    /// The services of the copy that runs on the state folder; they are not started for the moment.
    private func services(
        in state: StateFolder, _ catalog: Catalog
    ) throws -> EmulatedAddresses? {
        guard try StateLock.isHeld(in: state), let holder = StateLock.holder(in: state),
            holder.port > 0
        else { return nil }
        let apps = catalog.entries.map(\.app)
        return EmulatedAddresses(
            port: holder.port, credentials: try Credentials(in: state),
            redis: try .inUse(in: state, apps: apps))
    }

    private func request(for function: Catalog.Function) throws -> JSON {
        guard let fixture else { return try plainRequest(for: function) }
        let json: JSON
        do {
            let file =
                fixture == "-"
                ? FileHandle.standardInput.readDataToEndOfFile()
                : try Data(contentsOf: URL(fileURLWithPath: fixture))
            json = try JSON(parsing: Array(file))
        } catch let error as JSONError {
            throw RunnerError("\(fixture) does not hold JSON: \(error)")
        } catch {
            throw RunnerError("\(fixture) cannot be read: \(error.localizedDescription)")
        }
        return json["request"] ?? json
    }

    private func plainRequest(for function: Catalog.Function) throws -> JSON {
        guard let path = function.description.paths.first else {
            throw RunnerError(
                """
                \(name) is run by the \(function.description.trigger.description), so it needs an \
                event: {"schedule": "…"} or {"messages": [{"id": "1", "body": "…"}]}.
                """)
        }
        guard !path.contains("{") else {
            throw RunnerError(
                """
                \(name) answers at \(path), so it needs a request with a path of that form: \
                echo '{"method": "\(function.description.method)", "path": "…"}' \
                | local-runner invoke \(name) -
                """)
        }
        return ["method": .string(function.description.method), "path": .string(path)]
    }

    /// Prints the answer as HTTP would show it, JSON over several lines.
    ///
    /// - Returns: its status.
    private func show(_ output: [UInt8], _ status: ExitStatus) throws -> Int {
        guard let answer = try? JSON(parsing: output), case .number(let code)? = answer["status"],
            let code = Int(code)
        else {
            let said = String(decoding: output.prefix(2000), as: UTF8.self)
            throw RunnerError(
                """
                \(name) \(status), and gave no answer. On standard output it wrote: \
                \(said.isEmpty ? "nothing" : said)
                """)
        }
        print("Status \(code)")
        if case .object(let headers)? = answer["headers"] {
            for header in headers {
                let values: [JSON] =
                    if case .array(let values) = header.value { values } else { [header.value] }
                for value in values { print("\(header.name): \(value.text ?? "")") }
            }
        }
        if let body = answer["body"]?.text {
            print("\n\((try? JSON(parsing: body))?.pretty ?? body)")
        } else if let body = answer["base64"]?.text {
            print("\n(base64) \(body)")
        }
        return code
    }
}
