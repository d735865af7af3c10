import NIOCore

/// Everything that the runner emulates, opened for a run.
struct Services: Sendable {
    let clock: RunnerClock
    let credentials: Credentials
    let triggers = Triggers()
    private let queues: QueueService
    private let publishing: PublishService
    /// The functions that queues trigger.
    private let triggered: [QueueService.Triggered]
    /// Those that answer requests; of two that claim one, the first gets it.
    let all: [any Service]

    /// Opens them in the state folder, and makes what the apps declare.
    ///
    /// - Parameters:
    ///   - catalog: the apps.
    ///   - state: the folder.
    ///   - parts: what the runner's own addresses have beside the services.
    ///   - isStale: whether key-value namespaces play the delays of production.
    ///   - options: how functions are run.
    /// - Throws: ``RunnerError`` where something in the folder cannot be opened.
    init(
        for catalog: Catalog, in state: StateFolder, parts: [any Administration.Part],
        isStale: Bool = false, options: ServerOptions = ServerOptions()
    ) throws {
        let clock = try RunnerClock(in: state)
        let credentials = try Credentials(in: state)
        self.clock = clock
        self.credentials = credentials
        let keys = try KeyValueService(
            state: state, credentials: credentials, clock: clock, isStale: isStale)
        for name in catalog.resourceNames(of: "key-value") {
            try keys.store.ensureNamespace(title: name)
        }
        queues = try QueueService(state: state, credentials: credentials, clock: clock)
        triggered = try queues.prepare(for: catalog)
        let objects = try ObjectsService(state: state, credentials: credentials, clock: clock)
        try objects.createBuckets(catalog.resourceNames(of: "objects"))
        let history = try CronHistory(in: state)
        let cron = Cron(
            try catalog.scheduled, history: history, clock: clock, triggers: triggers)
        clock.add(cron)
        publishing = PublishService(credentials: credentials, clock: clock)
        let ownParts: [any Administration.Part] = [
            ClockPart(clock: clock, triggers: triggers),
            CronPart(cron: cron, history: history, clock: clock), publishing,
        ]
        all = [
            // Below "/_/", too.
            publishing,
            Administration(token: credentials.adminToken, parts: parts + ownParts),
            CronService(cron: cron, clock: clock),
            keys,
            queues,
            InvokeService(
                LambdaFunctions(
                    catalog, timeout: Double(options.deadline.nanoseconds) / 1_000_000_000),
                isServing: options.workerKind == .lambda, credentials: credentials, clock: clock,
                triggers: triggers),
            try MailService(state: state, credentials: credentials, clock: clock),
            objects,
        ]
    }

    /// Starts what happens by the clock; the server has its port by now.
    func start(on server: Server) {
        triggers.attach(server)
        publishing.attach(server)
        queues.start(triggered, by: triggers, options: server.options)
        clock.start { [triggers] in triggers.warn($0) }
    }

    /// Lets nothing more happen by the clock; the server stops next.
    func stop() {
        clock.stop()
        queues.stop()
        publishing.detach()
    }
}

extension Catalog {
    /// The names under which apps' bindings of one kind exist in the emulated service.
    ///
    /// A function that a queue triggers has that queue, too.
    func resourceNames(of kind: String) -> [String] {
        let names = entries.flatMap { entry in
            entry.functions.flatMap { function -> [String] in
                var names = function.description.names(of: kind)
                if kind == "queue", case .queue(let queue) = function.description.trigger {
                    names.append(queue.name)
                }
                return names.map { EmulatedAddresses.resourceName($0, of: entry.app) }
            }
        }
        return Set(names).sorted()
    }
}
