import FunctionRuntime
import Glibc
import TestSupport

@testable import LocalRunner

/// What the web servers have in common: each listens on a socket in a folder of its own, and has
/// every fixture's function mounted at the fixture's number, with the variables that the fixture
/// is to have.
struct WebServer: Sendable {
    let folder: String
    var socket: String { folder + "/http" }
    var log: String { folder + "/log" }

    /// One function where it answers.
    struct Mount {
        var path: String
        var executable: String
        var variables: [(name: String, value: String)]
    }

    init(name: String) throws {
        folder = try Children.folder(name)
    }

    /// A mount for each call of each fixture that can be read; of the others their own test says
    /// why not.
    static func mounts(for key: String) throws -> [Mount] {
        try FixtureFile.all.flatMap { file -> [FunctionCall] in
            guard let fixture = try? file.read() else { return [] }
            return try Stage(
                file, fixture, hostKey: key, in: try Children.sandbox.get()
            ).calls()
        }.map { call in
            let variables = call.environment.merging(call.serverVariables) { $1 }
                .merging(["REMOTE_ADDR": call.request.remoteAddress]) { $1 }
            return Mount(
                path: "/\(call.mount)/", executable: call.executable,
                variables: variables.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        }
    }

    func write(_ text: String, to name: String) throws -> String {
        let path = "\(folder)/\(name)"
        guard let file = fopen(path, "w"), fputs(text, file) >= 0, fclose(file) == 0 else {
            throw TestError("\(path) cannot be written.")
        }
        return path
    }

    /// Starts a program, and waits until it listens at a socket.
    func start(_ command: [String], listeningAt socket: String) throws {
        let isRunning = try Children.start(command, log: log)
        for _ in 0..<1000 where isRunning() {
            if HTTPClient(.socket(path: socket)).isAnswered { return }
            usleep(10_000)
        }
        let log = (try? Repository.bytes(of: log)).map { String(decoding: $0, as: UTF8.self) }
        throw TestError(
            "\(command[0]) does not listen at \(socket). Its log: \(log ?? "")")
    }

    /// Sends the request that a call is, and `more` headers.
    func answer(_ call: FunctionCall, adding more: Headers = [:]) throws -> FunctionAnswer {
        let request = call.request
        var headers = request.headers
        for field in more.fields { headers.append(field.name, field.value) }
        let query = request.query.text.isEmpty ? "" : "?" + request.query.text
        return try HTTPClient(.socket(path: socket)).send(
            request.method, "/\(call.mount)\(request.path)\(query)", headers: headers,
            body: request.body)
    }
}
