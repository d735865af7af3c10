import FunctionRuntime
import Glibc
import Synchronization

@testable import LocalRunner

/// The services of the test process: the runner's own emulators behind its own server, on any free
/// port, in a folder that goes with the process.
///
/// A function under test gets buckets, queues and a mailbox of its own, named after its scope, which
/// is unlike that of every other call. For all of them it is the time at which fixtures happen, and
/// stays so: who signs a request with that time is not too late.
final class TestServices: Sendable {
    static let shared = Result { try TestServices() }

    private let server: Server
    private let addresses: EmulatedAddresses
    private let objects: ObjectsService
    private let queues: QueueService
    private let mailboxes: Mailboxes

    private init() throws {
        let state = try StateFolder(try Children.folder("services"))
        let credentials = try Credentials(in: state)
        let time = Int64(Call.time)
        let clock = RunnerClock(offset: time - Int64(Glibc.time(nil)) * 1000)
        try clock.stand(at: time)
        objects = try ObjectsService(state: state, credentials: credentials, clock: clock)
        queues = try QueueService(state: state, credentials: credentials, clock: clock)
        mailboxes = Mailboxes(credentials: credentials, clock: clock)
        var options = ServerOptions()
        options.port = 0
        options.addresses = ["127.0.0.1"]
        let log = open(state.file("log"), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0o600)
        server = try Server(
            mounts: [], options: options, processes: Children.processes.get(),
            services: [mailboxes, queues, objects], clock: clock,
            console: Console(descriptor: log))
        try server.start()
        addresses = EmulatedAddresses(port: server.port, credentials: credentials)
    }

    /// What a function gets for a binding, with what that names made; nothing for bindings that
    /// no service here is behind.
    static func variables(
        for binding: FunctionDescription.Binding, of app: App, in scope: String
    ) throws -> [String: String] {
        guard ["objects", "queue", "mail"].contains(binding.kind) else { return [:] }
        let services = try shared.get()
        let suffix = EmulatedAddresses.variableName(binding.name)
        let name = name(of: binding.name, in: scope)
        var variables = services.addresses.variables(for: binding, of: app)
        switch binding.kind {
        case "objects":
            try services.objects.createBuckets([name])
            variables["S3_BUCKET_\(suffix)"] = name
        case "queue":
            try services.makeQueue(name)
            variables["SQS_QUEUE_URL_\(suffix)"] = services.addresses.queueURL(name)
        default:
            variables["RESEND_API_URL"] = services.addresses.base + Mailboxes.path(of: scope)
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
            try database.insertQueue(name, QueueSettings(), at: Int64(Call.time))
        }
    }
}

extension TestServices {
    /// The bodies of a queue's messages in the order in which they were sent, as JSON where they are
    /// that, and else as texts.
    static func messages(in queue: String, of scope: String) throws -> [JSON] {
        let services = try shared.get()
        return try services.queues.store.write { database in
            let queue = try database.existingQueue(name(of: queue, in: scope))
            return try database.visible(1000, in: queue, at: .max).sorted { $0.number < $1.number }
        }.map { (try? JSON(parsing: $0.body)) ?? .string($0.body) }
    }

    /// The mails that were sent, oldest first, each with the members that were given to Resend.
    static func mails(of scope: String) throws -> [JSON] {
        let store = try shared.get().mailboxes.box(scope).store
        let mails = try store.emails(limit: 100, from: nil)?.emails ?? []
        return mails.reversed().map { mail in
            guard case .object(let members) = mail.document else { return mail.document }
            return .object(members.filter { ![.null, [], [:]].contains($0.value) })
        }
    }

    /// What an object holds; nil where there is none.
    static func object(_ key: String, in bucket: String, of scope: String) throws -> [UInt8]? {
        let store = try shared.get().objects.store
        switch try store.find(name(of: bucket, in: scope), key)?.body {
        case .inline(let bytes)?: return bytes
        case .file(let file)?: return try Repository.bytes(of: store.bodies.path + "/" + file)
        case nil: return nil
        }
    }
}

/// A Resend for each scope, at `/mailbox-SCOPE/emails`, so that nobody sees another's mail.
private final class Mailboxes: Service {
    private let credentials: Credentials
    private let clock: RunnerClock
    private let boxes = Mutex<[String: MailService]>([:])

    init(credentials: Credentials, clock: RunnerClock) {
        self.credentials = credentials
        self.clock = clock
    }

    private static let prefix = "/mailbox-"

    static func path(of scope: String) -> String { prefix + scope }

    /// The mailbox of a scope, made on first use.
    func box(_ scope: String) throws -> MailService {
        try boxes.withLock { boxes in
            if let box = boxes[scope] { return box }
            let state = try StateFolder(try Children.folder("mailbox-" + scope))
            let box = try MailService(state: state, credentials: credentials, clock: clock)
            boxes[scope] = box
            return box
        }
    }

    func claims(_ head: ServiceHead, isFree: Bool) -> Bool {
        isFree && head.path.hasPrefix(Self.prefix)
    }

    func answer(_ request: ServiceRequest) async throws -> ServiceResponse {
        let scope = scope(of: request)
        var inner = request
        inner.head.path.removeFirst(Self.prefix.count + scope.count)
        return try await box(scope).answer(inner)
    }

    func failure(_ error: any Error, of request: ServiceRequest) -> ServiceFailure {
        do {
            return try box(scope(of: request)).failure(error, of: request)
        } catch {
            return ServiceFailure(response: ServiceResponse(status: 500), isInternal: true)
        }
    }

    private func scope(of request: ServiceRequest) -> String {
        String(request.path.dropFirst(Self.prefix.count).prefix { $0 != "/" })
    }
}
