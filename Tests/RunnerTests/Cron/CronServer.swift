import Foundation
import FunctionRuntime
import Glibc

@testable import LocalRunner
@testable import TestSupport

/// A folder of one test, removed with this object.
final class CronFolder: Sendable {
    let path = NSTemporaryDirectory() + "apus-test-" + UUID().uuidString

    init() throws {
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}

/// A server in this process with scheduled probes, and a clock that only the test moves.
final class CronServer: Sendable {
    let clock: RunnerClock
    let cron: Cron
    let history: CronHistory
    private let triggers = Triggers()
    let server: Server
    private let folder: CronFolder
    private let console: Console
    private var log: String { folder.path + "/log" }

    static let token = "secret"

    /// - Parameters:
    ///   - schedules: expressions of functions, by the probe's name.
    ///   - time: the minute in whose middle the clock stands, such as `2030-01-01 00:00`.
    ///   - change: of how it serves.
    /// - Throws: where something of it cannot be opened.
    init(
        _ schedules: KeyValuePairs<String, String>, at time: String,
        _ change: (inout ServerOptions) -> Void = { _ in }
    ) throws {
        folder = try CronFolder()
        clock = RunnerClock()
        try clock.stand(at: try milliseconds(time) + 30_000)
        history = try CronHistory(in: StateFolder(folder.path))
        cron = Cron(
            try schedules.map {
                Cron.Entry(function: "Probes/\($0.key)", expression: try CronExpression($0.value))
            }, history: history, clock: clock, triggers: triggers)
        clock.add(cron)
        var options = ServerOptions()
        options.port = 0
        options.addresses = ["127.0.0.1"]
        change(&options)
        let descriptor = open(
            folder.path + "/log", O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0o600)
        console = Console(descriptor: descriptor)
        let parts: [any Administration.Part] = [
            ClockPart(clock: clock, triggers: triggers),
            CronPart(cron: cron, history: history, clock: clock),
        ]
        server = try Server(
            mounts: Set(schedules.map(\.key)).sorted().map(Self.mount), options: options,
            processes: RunningServer.guardian.get(),
            services: [
                Administration(token: Self.token, parts: parts),
                CronService(cron: cron, clock: clock),
            ], clock: clock, console: console)
        try server.start()
        triggers.attach(server)
    }

    deinit {
        server.stop(patience: 0)
        triggers.detach()
    }

    private static func mount(_ probe: String) -> Mount {
        Mount(
            app: "Probes", function: probe, method: "", paths: [], host: "probes.localhost",
            prefix: "/probes", executable: "\(RunningServer.products)/Probes\(probe)",
            environment: ["SWIFT_BACKTRACE": "enable=no"], envelope: Refusal.envelope)
    }

    /// Moves the clock, and gives how often something was fired.
    func advance(minutes: Int64) throws -> Int {
        try advance(milliseconds: minutes * 60_000)
    }

    func advance(milliseconds: Int64) throws -> Int {
        try awaited { [clock] in try await clock.advance(by: milliseconds) { _ in } }
    }

    /// Sends one request: its first lines, as ``RunningServer`` has them.
    func send(_ request: String, body: String? = nil) throws -> Reply {
        try begin(request, body: body).reply(isHead: request.hasPrefix("HEAD "))
    }

    /// Sends one request, whose reply is to be read later.
    func begin(_ request: String, body: String? = nil) throws -> Client {
        let client = try Client(port: server.port)
        try client.write(RunningServer.message(request, body: body.map { Array($0.utf8) }))
        return client
    }

    /// Sends JSON to an address of the runner's own, and gives what comes back.
    func administer(_ method: String, _ path: String, _ body: String? = nil) throws -> JSON {
        let reply = try send(
            "\(method) /_/\(path)\nAuthorization: Bearer \(Self.token)", body: body)
        return try JSON(parsing: reply.text)
    }

    /// All that has been logged.
    func logged() throws -> String {
        console.flush()
        return try String(contentsOfFile: log, encoding: .utf8)
    }

    /// Waits until the log has a text so many times, for as long as a test may wait for anything.
    func waits(for text: String, count: Int = 1) throws -> Bool {
        try eventually { try logged().ranges(of: text).count >= count }
    }

    /// What the probes have printed: the lines that start with a word.
    func printed(_ word: String) throws -> [String] {
        try logged().split(separator: "\n").compactMap { line in
            line.firstRange(of: "\(word) at ").map { String(line[$0.lowerBound...]) }
        }
    }
}
