import FunctionRuntime
import Glibc
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// The HTTP server in front of the functions.
///
/// One event loop does everything from a client's request to its answer: it parses HTTP, finds the
/// function, writes to a worker's socket, reads the line that comes back and writes the response.
/// So a request crosses no thread, pools need no lock, and what costs time are the system calls.
final class Server: Sendable {
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let options: ServerOptions
    private let console: Console
    private let dispatcher: NIOLoopBound<Dispatcher>
    private let listeners = Mutex<[any Channel]>([])
    private let isStopped = Atomic<Bool>(false)

    /// - Parameters:
    ///   - mounts: the functions.
    ///   - options: how to serve them.
    ///   - processes: who starts the workers.
    ///   - services: what the runner emulates.
    ///   - clock: what time it is for all of them.
    ///   - console: for the line of each request, what functions write, and what the runner has to
    ///     say of them.
    /// - Throws: ``RouteConflict`` where two functions claim one route.
    init(
        mounts: [Mount], options: ServerOptions, processes: Guard, services: [any Service] = [],
        clock: RunnerClock = RunnerClock(), console: Console = Console()
    ) throws {
        let router = try Router(mounts: mounts)
        let loop = group.next()
        let logger = Logger(label: "local-runner") { _ in ConsoleLogHandler(console: console) }
        self.options = options
        self.console = console
        dispatcher = try loop.submit {
            NIOLoopBound(
                Dispatcher(
                    router: router, options: options, processes: processes, services: services,
                    clock: clock, console: console, logger: logger, loop: loop),
                eventLoop: loop)
        }.wait()
    }

    /// The port that it listens on, once it has started.
    var port: Int {
        listeners.withLock { $0.first?.localAddress?.port ?? 0 }
    }

    /// Listens, and answers requests on a thread of its own.
    ///
    /// - Parameter mounts: makes the functions, given the port, where they could not be known
    ///   before; until then nothing is mounted.
    /// - Throws: where no address, or a port in use, can be listened on.
    func start(mounts: ((Int) throws -> [Mount])? = nil) throws {
        var port = options.port
        for address in options.addresses {
            do {
                let channel = try bootstrap().bind(host: address, port: port).wait()
                listeners.withLock { $0.append(channel) }
                port = channel.localAddress?.port ?? port
            } catch let error as IOError where error.errnoCode == EADDRNOTAVAIL {
                continue
            }
        }
        guard self.port != 0 else { throw SystemCallError("Listening", code: EADDRNOTAVAIL) }
        let own = self.port
        group.next().execute { [dispatcher] in dispatcher.value.port = own }
        if let mounts { try replace(mounts: mounts(self.port)) }
        group.next().execute { [dispatcher] in dispatcher.value.startSweeping() }
    }

    private func bootstrap() -> ServerBootstrap {
        ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            // What a client has sent is answered though it has said that it sends no more.
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { [dispatcher] channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    // What comes behind the handshake of a WebSocket is the WebSocket's.
                    let decoder = HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes)
                    try pipeline.addHandler(ByteToMessageHandler(decoder))
                    try pipeline.addHandler(HTTPConnection(dispatcher: dispatcher.value))
                }
            }
    }

    /// Serves other functions from now on; requests under way finish on the old ones.
    ///
    /// - Throws: ``RouteConflict`` where two functions claim one route; the old ones stay.
    func replace(mounts: [Mount]) throws {
        let router = try Router(mounts: mounts)
        group.next().execute { [dispatcher] in dispatcher.value.replace(router) }
    }

    /// Runs a function that no client has asked for.
    ///
    /// ``Triggers`` says what the parameters are.
    func run(
        _ function: String, _ event: [JSON.Member], time: Int64,
        completion: @escaping @Sendable (Triggers.Outcome) -> Void
    ) {
        group.next().execute { [dispatcher] in
            dispatcher.value.run(function, event, time: time, completion: completion)
        }
    }

    /// Runs a function with a payload that nobody looks into.
    func invoke(
        _ invocation: InvokeService.Invocation,
        completion: @escaping @Sendable (Triggers.Invoked) -> Void
    ) {
        group.next().execute { [dispatcher] in
            dispatcher.value.invoke(invocation, completion: completion)
        }
    }

    /// Delivers what is published to the clients of an app.
    ///
    /// It returns when that has been done.
    func publish(_ items: [PublishedItem], app: String) async {
        let done = group.next().submit { [dispatcher] in
            dispatcher.value.hub.publish(items, app: app)
        }
        // It can only fail where the loop has ended, and all clients with it.
        try? await done.get()
    }

    /// The channels that clients of any app are held for.
    func channels() async -> [Hub.Listed] {
        let listed = group.next().submit { [dispatcher] in dispatcher.value.hub.listed }
        return (try? await listed.get()) ?? []
    }

    /// Says something in the log, after what has happened until now.
    func log(_ level: Logger.Level, _ message: String) {
        group.next().execute { [dispatcher] in
            dispatcher.value.logger.log(level: level, "\(message)")
        }
    }

    /// Stops listening, lets requests under way finish, and ends all workers.
    ///
    /// - Parameter patience: how many seconds requests and workers get to end by themselves.
    func stop(patience: Double = 5) {
        guard !isStopped.exchange(true, ordering: .relaxed) else { return }
        let open = listeners.withLock { listeners in
            defer { listeners = [] }
            return listeners
        }
        for listener in open { try? listener.close().wait() }
        try? inspect { $0.beginStopping() }
        waitUntilQuiet(seconds: patience)
        try? inspect { $0.finishStopping() }
        // What was killed is known to have ended before the loop that wants to know it ends.
        waitUntilQuiet(seconds: 2)
        try? group.syncShutdownGracefully()
        console.flush()
    }

    private func waitUntilQuiet(seconds: Double) {
        for _ in 0..<Int(seconds * 100) {
            if (try? inspect(\.isQuiet)) ?? true { return }
            usleep(10_000)
        }
    }

    /// Does something on the event loop, and waits for it.
    func inspect<Result: Sendable>(
        _ body: @escaping @Sendable (Dispatcher) -> Result
    ) throws -> Result {
        try group.next().submit { [dispatcher] in body(dispatcher.value) }.wait()
    }
}
