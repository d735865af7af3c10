import FunctionRuntime
import Glibc
import Testing

@testable import LocalRunner
@testable import TestSupport

/// A server in this process with the probes that are held and that publish.
final class RealtimeServer {
    let running: RunningServer
    let key: RealtimeKey
    /// What the probe Recall reads; it has an entry a byte.
    let journal: String
    private let publishing: PublishService
    private let folder: TemporaryFolder

    init(_ change: (inout ServerOptions) -> Void = { _ in }) throws {
        folder = try TemporaryFolder()
        let credentials = try Credentials(in: StateFolder(folder.path))
        let key = credentials.realtimeKey(of: "Probes")
        self.key = key
        publishing = PublishService(credentials: credentials, clock: RunnerClock())
        let journal = folder.path + "/journal"
        self.journal = journal
        running = try RunningServer(
            mounts: { Self.mounts(key, port: $0, journal: journal) }, services: [publishing], change
        )
        publishing.attach(running.server)
    }

    deinit {
        publishing.detach()
    }

    static func mounts(_ key: RealtimeKey, port: Int, journal: String? = nil) -> [Mount] {
        let probes = [
            ("HoldStream", "GET", "/hold-stream"), ("HoldResponse", "GET", "/hold-response"),
            ("Recall", "GET", "/recall"), ("Publish", "POST", "/publish"),
        ]
        let realtime = probes.map { name, method, path in
            var mount = RunningServer.mounts[0]
            mount.function = name
            mount.method = method
            mount.paths = [path]
            mount.executable = "\(RunningServer.products)/Probes\(name)"
            mount.environment["GRIP_URL"] = key.address(below: "http://127.0.0.1:\(port)")
            mount.environment["JOURNAL_FILE"] = journal
            mount.realtime = key
            return mount
        }
        let others = RunningServer.mounts.map { mount in
            var mount = mount
            mount.realtime = mount.function == "ShowRequest" ? key : nil
            return mount
        }
        return others + realtime
    }

    /// Publishes items, each as it stands in `items`.
    @discardableResult
    func publish(_ items: JSON...) throws -> Reply {
        let body: JSON = ["items": .array(items)]
        return try publish(body.bytes)
    }

    func publish(_ body: [UInt8], token: String? = nil) throws -> Reply {
        let token = token ?? key.token(at: Int64(time(nil)) * 1000)
        return try running.send(
            "POST /_/realtime/Probes/publish/\nAuthorization: Bearer \(token)", body: body)
    }

    /// Begins a request whose answer is left to be read.
    func begin(_ request: String) throws -> Client {
        let client = try running.connect()
        try client.write(RunningServer.message(request))
        return client
    }

    /// Begins a stream and reads what comes first, but for its end.
    func stream(_ query: String) throws -> Client {
        let client = try begin("GET /probes/hold-stream?\(query)")
        let head = try client.head()
        #expect(head.status == 200)
        #expect(head["transfer-encoding"] == "chunked")
        #expect(try client.chunk() == "event: connected\ndata: hello\n\n")
        return client
    }

    /// Begins a long poll, which waits when this returns.
    func poll(_ query: String) throws -> Client {
        let count = try held("response")
        let client = try begin("GET /probes/hold-response?\(query)")
        let isHeld = try eventually { try held("response") > count }
        #expect(isHeld)
        return client
    }

    /// How many connections have been held.
    private func held(_ mode: String) throws -> Int {
        try running.logged().split(separator: "\n").count { $0.hasSuffix("held \(mode)") }
    }

    func subscriberCount(of channel: String) throws -> Int {
        try running.server.inspect {
            $0.hub.subscriberCount(of: Hub.Channel(app: "Probes", name: channel))
        }
    }

    func isEventually(_ count: Int, on channel: String) throws -> Bool {
        try eventually { try subscriberCount(of: channel) == count }
    }
}

/// An item for streams.
func item(
    _ channel: String, _ content: String, id: String? = nil, after previous: String? = nil
) -> JSON {
    var members: [JSON.Member] = [.init("channel", .string(channel))]
    if let id { members.append(.init("id", .string(id))) }
    if let previous { members.append(.init("prev-id", .string(previous))) }
    members.append(
        .init(
            "formats",
            [
                "http-stream": ["content": .string(content)],
                "http-response": ["body": .string(content)],
            ]))
    return .object(members)
}

extension JSON {
    /// The item, so that it waits for no other.
    var unsequenced: JSON {
        guard case .object(let members) = self else { return self }
        return .object(members + [.init("no-seq", true)])
    }
}

extension String {
    /// As a value in a query.
    var escaped: String {
        utf8.map { $0.isAlphanumeric ? String(Unicode.Scalar($0)) : "%" + $0.hexadecimal }.joined()
    }
}

extension UInt8 {
    fileprivate var isAlphanumeric: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: false
        }
    }

    fileprivate var hexadecimal: String { (self < 16 ? "0" : "") + String(self, radix: 16) }
}
