import Foundation
import FunctionRuntime
import NIOCore

@testable import LocalRunner
@testable import TestSupport

/// A server in this process that holds the WebSockets of two probes, with its log in a file.
final class WebSocketServer {
    private static let key = RealtimeKey(of: "Probes", secret: "of the tests")

    let server: Server
    private let console: Console
    private let log: String

    init(_ change: (inout ServerOptions) -> Void = { _ in }) throws {
        var options = ServerOptions()
        options.port = 0
        options.addresses = ["127.0.0.1"]
        change(&options)
        log = try Children.folder("sockets-" + UUID().uuidString.prefix(8)) + "/log"
        console = Console(
            descriptor: Glibc.open(log, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0o600))
        server = try Server(
            mounts: Self.mounts(), options: options, processes: Children.processes.get(),
            console: console)
        try server.start()
    }

    deinit {
        server.stop(patience: 1)
    }

    static func mounts() throws -> [Mount] {
        try ["EchoMessages", "AnswerEvents", "Echo"].map { function in
            var mount = try BuiltFunction.named(app: "Probes", function: function)
                .mount(databaseURL: nil, scope: "sockets")
            mount.environment["GRIP_URL"] = key.address(below: "http://localhost:1")
            mount.environment["SWIFT_BACKTRACE"] = "enable=no"
            mount.realtime = key
            return mount
        }
    }

    /// A client that was let in.
    func open(
        _ target: String = "/echo-messages", headers: [(String, String)] = [],
        then rest: [UInt8] = []
    ) throws -> WebSocketClient {
        let client = try connect(target, headers: headers, then: rest)
        guard client.answer.status == 101 else {
            throw TestError("The WebSocket was not opened: \(client.answer.text) \(try logged())")
        }
        return client
    }

    func connect(
        _ target: String = "/echo-messages", headers: [(String, String)] = [],
        then rest: [UInt8] = []
    ) throws -> WebSocketClient {
        try WebSocketClient(
            port: server.port, "/probes" + target, headers: headers, then: rest)
    }

    /// A client whose function answers as it says.
    func openAnswering(
        _ answer: JSON = ["body": "OPEN\r\n", "headers": ["sec-websocket-extensions": "grip"]]
    ) throws -> WebSocketClient {
        try open(
            "/answer-events", headers: [("X-Answer", String(decoding: answer.bytes, as: UTF8.self))]
        )
    }

    /// Publishes, as the control endpoint reads it.
    func publish(_ message: JSON, on channel: String) throws {
        let body: JSON = [
            "items": [["channel": .string(channel), "formats": ["ws-message": message]]]
        ]
        let items = try PublishReader.items(in: ByteBuffer(bytes: body.bytes))
        let server = server
        try awaited { await server.publish(items, app: "Probes") }
    }

    /// All that has been logged.
    func logged() throws -> String {
        console.flush()
        return try String(contentsOfFile: log, encoding: .utf8)
    }

    /// Waits until the log has a text, for as long as a test may wait for anything.
    func waits(for text: String) throws -> Bool {
        for _ in 0..<2000 {
            if try logged().contains(text) { return true }
            usleep(10_000)
        }
        return false
    }
}

extension WebSocketClient {
    /// Has the function answer something.
    func ask(_ answer: JSON) {
        send(String(decoding: answer.bytes, as: UTF8.self))
    }

    /// Has the function say some events, written as their body.
    func ask(body: String) {
        ask(["body": .string(body)])
    }

    /// Has the function tell the runner something.
    func control(_ message: JSON) {
        let text = "c:" + String(decoding: message.bytes, as: UTF8.self)
        ask(body: "TEXT \(String(text.utf8.count, radix: 16))\r\n\(text)\r\n")
    }

    /// A fragment or a whole frame.
    func send(_ first: UInt8, _ text: String) {
        send(Self.frame(first, Array(text.utf8)))
    }
}
