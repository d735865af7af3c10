import Foundation
import FunctionRuntime
import Glibc

/// The services of a sandbox: the runner's own emulators behind its own server, on any free port.
///
/// A function under test gets buckets, queues and a mailbox of its own, named after its scope, which
/// is unlike that of every other call. For all of them it is the time at which fixtures happen, and
/// stays so: who signs a request with that time is not too late.
final class SandboxServices: Sendable {
    private let server: Server
    private let addresses: EmulatedAddresses
    private let objects: ObjectsService
    private let queues: QueueService
    private let mailboxes: Mailboxes

    init(in root: String, processes: Guard) throws {
        let state = try StateFolder(try Sandbox.makeFolder("services", in: root))
        let credentials = try Credentials(in: state)
        let time = Int64(FunctionCall.time)
        let clock = RunnerClock(offset: time - Int64(Glibc.time(nil)) * 1000)
        try clock.stand(at: time)
        objects = try ObjectsService(state: state, credentials: credentials, clock: clock)
        queues = try QueueService(state: state, credentials: credentials, clock: clock)
        mailboxes = Mailboxes(in: root, credentials: credentials, clock: clock)
        var options = ServerOptions()
        options.port = 0
        options.addresses = ["127.0.0.1"]
        let log = open(state.file("log"), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0o600)
        server = try Server(
            mounts: [], options: options, processes: processes,
            services: [mailboxes, queues, objects], clock: clock,
            console: Console(descriptor: log))
        try server.start()
        addresses = EmulatedAddresses(port: server.port, credentials: credentials)
    }

    /// What a function gets for a binding, with what that names made; nothing for bindings that
    /// no service here is behind.
    func variables(
        for binding: FunctionDescription.Binding, of app: App, in scope: String
    ) throws -> [String: String] {
        guard ["objects", "queue", "mail"].contains(binding.kind) else { return [:] }
        let suffix = EmulatedAddresses.variableName(binding.name)
        let name = Self.name(of: binding.name, in: scope)
        var variables = addresses.variables(for: binding, of: app)
        switch binding.kind {
        case "objects":
            try objects.createBuckets([name])
            variables["S3_BUCKET_\(suffix)"] = name
        case "queue":
            try makeQueue(name)
            variables["SQS_QUEUE_URL_\(suffix)"] = addresses.queueURL(name)
        default:
            variables["RESEND_API_URL"] = addresses.base + Mailboxes.path(of: scope)
        }
        return variables
    }

    /// A name that S3 and SQS take.
    private static func name(of binding: String, in scope: String) -> String {
        "\(scope)-\(binding)".replacing("_", with: "-")
    }

    private func makeQueue(_ name: String) throws {
        try queues.store.write { database in
            guard try database.queue(named: name) == nil else { return }
            try database.insertQueue(name, QueueSettings(), at: Int64(FunctionCall.time))
        }
    }
}

extension SandboxServices {
    /// The bodies of a queue's messages in the order in which they were sent, as JSON where they are
    /// that, and else as texts.
    func messages(in queue: String, of scope: String) throws -> [JSON] {
        try queues.store.write { database in
            let queue = try database.existingQueue(Self.name(of: queue, in: scope))
            return try database.visible(1000, in: queue, at: .max).sorted { $0.number < $1.number }
        }.map { (try? JSON(parsing: $0.body)) ?? .string($0.body) }
    }

    /// The mails that were sent, oldest first, each with the members that were given to Resend.
    func mails(of scope: String) throws -> [JSON] {
        let store = try mailboxes.box(scope).store
        let mails = try store.emails(limit: 100, from: nil)?.emails ?? []
        return mails.reversed().map { mail in
            guard case .object(let members) = mail.document else { return mail.document }
            return .object(members.filter { ![.null, [], [:]].contains($0.value) })
        }
    }

    /// What an object holds; nil where there is none.
    func object(_ key: String, in bucket: String, of scope: String) throws -> [UInt8]? {
        let store = objects.store
        switch try store.find(Self.name(of: bucket, in: scope), key)?.body {
        case .inline(let bytes)?: return bytes
        case .file(let file)?:
            return FileManager.default.contents(atPath: store.bodies.path + "/" + file).map(
                Array.init)
        case nil: return nil
        }
    }
}
