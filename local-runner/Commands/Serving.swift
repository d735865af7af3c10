import Synchronization

/// Everything from the first look at the apps' folder until the last process has ended.
struct Serving {
    let common: CommonOptions
    let serving: ServingOptions
    let workers: WorkerKind
    /// Whom the state folder belongs to meanwhile.
    let command: String

    func run() throws {
        let signals = SignalWatch()
        let terminal = Terminal()
        let workspace = try common.workspace()
        let state = try common.stateFolder(in: workspace)
        let lock = try StateLock.take(in: state, port: common.port, command: command)
        try PortCheck.run(port: common.port)
        let processes = try Guard(onDeath: { _ in signals.stop() })
        defer { processes.stop() }
        DescriptorLimit.raise()

        terminal.print("Apus, \(workspace.configuration) build, state in \(state.path)")
        let catalog = try load(workspace, state, processes, terminal)
        let loss = Loss { signals.stop() }
        let servers = try openDatabases(catalog, state, processes, lock, terminal, loss)
        defer { servers.close() }
        let redis = try startRedis(catalog, state, processes, terminal, loss)
        defer { redis?.stop() }
        let errand = Errand(on: state) { signals.stop() }
        let options = serving.options(port: common.port, workers: workers)
        let services = try Services(
            for: catalog, in: state, parts: [errand], isStale: serving.staleKeys, options: options)
        let server = try start(
            catalog, servers, services, redis?.addresses ?? .external(to: state), options,
            processes, terminal)
        let port = server.port

        try serve(at: port, until: signals, catalog, lock, terminal)
        services.stop()
        server.stop()
        services.triggers.detach()
        redis?.stop()
        servers.close()
        if try loss.message == nil && errand.run(terminal) {
            processes.stop()
            try Errand.startAgain(port: port)
        }
        // Whoever waits for the lock finds everything stopped.
        withExtendedLifetime(lock) {}
        if let message = loss.message { throw RunnerError(message) }
    }

    /// Says that it serves, and returns when it is to stop.
    ///
    /// The lock learns the port now: `--port 0` takes any that is free.
    private func serve(
        at port: Int, until signals: SignalWatch, _ catalog: Catalog, _ lock: StateLock,
        _ terminal: Terminal
    ) throws {
        try lock.note(port: port, command: command)
        signals.beginServing()
        for line in Welcome(catalog: catalog, port: port).lines { terminal.print(line) }
        terminal.print("Ready after\(terminal.total). Ctrl-C stops it.")
        signals.waitForStop()
        terminal.print("Stopping.")
    }

    private func load(
        _ workspace: Workspace, _ state: StateFolder, _ processes: Guard, _ terminal: Terminal
    ) throws -> Catalog {
        try terminal.step("Functions") {
            let catalog = try Catalog.load(workspace, state: state, processes: processes)
            // Conflicts show before anything is started.
            _ = try Router(mounts: catalog.mounts(databases: []))
            return (
                catalog,
                """
                \(catalog.functionCount) of \(catalog.entries.count) \
                app\(catalog.entries.count == 1 ? "" : "s"), \(catalog.asked) new
                """
            )
        }
    }

    private func openDatabases(
        _ catalog: Catalog, _ state: StateFolder, _ processes: Guard, _ lock: StateLock,
        _ terminal: Terminal, _ loss: Loss
    ) throws -> DatabaseServers {
        let servers = try terminal.step("PostgreSQL") {
            let servers = try DatabaseServers(
                for: catalog.entries.map(\.app), in: state, processes: processes, lock: lock,
                command: command,
                onLoss: {
                    loss.note("PostgreSQL \($0); \(state.file("postgres.log")) may say why.")
                })
            return (servers, servers.place)
        }
        do {
            for database in servers.databases {
                try terminal.step(database.app) {
                    ((), try database.prepare().description)
                }
            }
        } catch {
            servers.close()
            throw error
        }
        return servers
    }

    /// Starts the Redis that functions keep values in; nil where it is the user's own, or none.
    private func startRedis(
        _ catalog: Catalog, _ state: StateFolder, _ processes: Guard, _ terminal: Terminal,
        _ loss: Loss
    ) throws -> RedisServer? {
        try terminal.step("Redis") {
            guard RedisAddresses.external(to: state) == nil else { return (nil, "at REDIS_URL") }
            let server = try RedisServer.start(
                in: state, apps: catalog.entries.map(\.app), processes: processes,
                onLoss: { loss.note("Redis \($0); \(state.file("redis.log")) may say why.") })
            return (
                server,
                server.map { "at 127.0.0.1:\($0.port)" }
                    ?? "redis-server is not installed; functions keep their cache in memory"
            )
        }
    }

    private func start(
        _ catalog: Catalog, _ servers: DatabaseServers, _ services: Services,
        _ redis: RedisAddresses?, _ options: ServerOptions, _ processes: Guard,
        _ terminal: Terminal
    ) throws -> Server {
        try terminal.step("Server") {
            let server = try Server(
                mounts: [], options: options, processes: processes,
                services: services.all, clock: services.clock)
            // Functions are told the port, which is known once something listens there.
            try server.start { port in
                let addresses = EmulatedAddresses(
                    port: port, credentials: services.credentials, redis: redis)
                return try catalog.mounts(databases: servers.databases, services: addresses)
            }
            services.start(on: server)
            return (server, "port \(server.port)")
        }
    }
}

/// Why it stopped though nobody wanted it to.
private final class Loss: Sendable {
    private let text = Mutex<String?>(nil)
    private let stop: @Sendable () -> Void

    init(stop: @escaping @Sendable () -> Void) {
        self.stop = stop
    }

    var message: String? { text.withLock { $0 } }

    func note(_ message: String) {
        text.withLock { $0 = $0 ?? message }
        stop()
    }
}
