import Foundation
import FunctionRuntime
import NIOCore
import TestSupport

@testable import LocalRunner
@testable import TestSupport

/// A server in this process that emulates queues, with a clock that only the test moves.
final class QueueServer: QueueClient {
    let clock: RunnerClock
    let service: QueueService
    let triggers = Triggers()
    let server: Server
    let credentials: Credentials
    private let folder: TemporaryFolder
    private let console: Console

    /// - Parameters:
    ///   - folder: holds the state; one of its own unless an earlier server's is to be found.
    ///   - ahead: of the system's clock, in milliseconds.
    ///   - change: of how it serves.
    /// - Throws: where something of it cannot be opened.
    init(
        in folder: TemporaryFolder? = nil, ahead: Int64 = 0,
        _ change: (inout ServerOptions) -> Void = { _ in }
    ) throws {
        let folder = try folder ?? TemporaryFolder()
        self.folder = folder
        let state = try StateFolder(folder.path)
        clock = RunnerClock(offset: ahead)
        credentials = try Credentials(in: state)
        service = try QueueService(state: state, credentials: credentials, clock: clock)
        var options = ServerOptions()
        options.port = 0
        options.addresses = ["127.0.0.1"]
        change(&options)
        let descriptor = open(
            folder.path + "/log", O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0o600)
        console = Console(descriptor: descriptor)
        server = try Server(
            mounts: [Self.collect(in: folder)], options: options,
            processes: Children.processes.get(), services: [service], clock: clock,
            console: console)
        try server.start()
        triggers.attach(server)
    }

    deinit {
        server.stop(patience: 0)
    }

    private static func collect(in folder: TemporaryFolder) -> Mount {
        Mount(
            app: "Probes", function: "Collect", method: "", paths: [], host: "probes.localhost",
            prefix: "/probes", executable: Repository.build + "/ProbesCollect",
            environment: [
                "SWIFT_BACKTRACE": "enable=no", "COLLECT_FILE": folder.path + "/collected",
            ], envelope: Refusal.envelope)
    }

    var port: Int { server.port }
    var now: Int64 { clock.now }

    /// Moves the clock, and has happen what is due meanwhile.
    func advance(seconds: Int64) async throws {
        _ = try await clock.advance(by: seconds * 1000) { _ in }
    }

    /// All that has been logged.
    func logged() throws -> String {
        console.flush()
        return try String(contentsOfFile: folder.path + "/log", encoding: .utf8)
    }
}

/// Has the function of the probes work on a queue.
extension QueueServer {
    /// - Returns: the queue's address.
    func collect(
        batchSize: Int = 10, maxReceives: Int = 3, retryDelay: Int = 0
    ) throws -> String {
        let triggered = QueueService.Triggered(
            function: "Probes/Collect", queue: "probes-collect",
            trigger: .init(
                name: "collect", batchSize: batchSize, maxReceives: maxReceives,
                retryDelay: retryDelay))
        try service.prepare(triggered)
        service.start([triggered], by: triggers, options: server.options)
        return url(of: "probes-collect")
    }

    /// A line a message that the function was given: its receive count, id, attributes and body.
    func collected() throws -> [String] {
        guard
            let text = try? String(contentsOfFile: folder.path + "/collected", encoding: .utf8)
        else { return [] }
        return text.split(separator: "\n").map(String.init)
    }

    /// What the function was given: `1 hello` for the body hello the first time.
    func deliveries() throws -> [String] {
        try collected().map { line in
            let words = line.split(separator: " ", maxSplits: 3)
            return "\(words[0]) \(words[3])"
        }
    }
}
