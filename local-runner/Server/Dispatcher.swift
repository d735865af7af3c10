import Glibc
import Logging
import NIOCore
import NIOHTTP1

/// What connections and pools share: the routes, the clock, the log.
///
/// Everything in it runs on one event loop, and so nothing in it is locked.
///
/// Timeouts are not timers: a request would cost two operations on a heap. Instead all connections
/// and pools are looked over a few times a second, which is as exact as a timeout needs to be.
final class Dispatcher {
    let loop: any EventLoop
    let clock: RunnerClock
    let services: [any Service]
    let options: ServerOptions
    let processes: Guard
    let console: Console
    let logger: Logger
    var writer = ResponseWriter()
    private(set) lazy var sockets = WebSockets(self)
    let hub = Hub()
    var gripSignatures = GripSignatures()
    var alarms = Alarms()
    let inquiries: Inquiries
    /// Where it listens, once it does.
    var port = 0
    /// The workers that ask Lambda's Runtime API, each by its own address.
    var lambdaWorkers: [String: LambdaWorker] = [:]
    private(set) var isStopping = false

    private(set) var router: Router
    private(set) var pools: [Pool] = []
    /// Pools of functions that have been replaced, until their last request is answered.
    private var retiredPools: [Pool] = []
    private var connections: [ObjectIdentifier: HTTPConnection] = [:]
    /// Those that are held; they may be many, and look after themselves.
    private var parked: [ObjectIdentifier: HTTPConnection] = [:]
    private let idPrefix: String
    private var lastID = 0
    private var accessLog = AccessLog()

    init(
        router: Router, options: ServerOptions, processes: Guard, services: [any Service],
        clock: RunnerClock, console: Console, logger: Logger, loop: any EventLoop
    ) {
        self.services = services
        self.clock = clock
        self.router = router
        self.options = options
        self.processes = processes
        self.console = console
        self.logger = logger
        self.loop = loop
        inquiries = Inquiries(limit: options.inquiryLimit)
        idPrefix = String(UInt64.random(in: 0..<(1 << 48)), radix: 36) + "-"
        pools = router.mounts.map { Pool(mount: $0, dispatcher: self) }
    }

    func startSweeping() {
        loop.scheduleRepeatedTask(
            initialDelay: .milliseconds(50), delay: .milliseconds(50)
        ) { [bound = NIOLoopBound(self, eventLoop: loop)] _ in
            bound.value.sweep()
        }
    }

    private func sweep() {
        let now = NIODeadline.now()
        for connection in connections.values { connection.sweep(now: now, options: options) }
        for pool in pools { pool.sweep(now: now) }
        for pool in retiredPools { pool.sweep(now: now) }
        retiredPools.removeAll { $0.isEmpty }
        sweepHolds(now: now)
    }

    func replace(_ router: Router) {
        self.router = router
        for pool in pools { pool.retire() }
        retiredPools += pools
        pools = router.mounts.map { Pool(mount: $0, dispatcher: self) }
    }

    /// Sends workers and idle clients home; those at work finish.
    func beginStopping() {
        isStopping = true
        sockets.stop()
        for connection in parked.values {
            if case .holding(let held) = connection.state { held.end() }
        }
        for pool in pools { pool.retire() }
    }

    /// Whether no request is under way and no worker is left.
    var isQuiet: Bool {
        connections.isEmpty && parked.isEmpty && sockets.isEmpty
            && (pools + retiredPools).allSatisfy(\.isEmpty)
    }

    /// Ends what has not ended by itself.
    func finishStopping() {
        for connection in connections.values { connection.close() }
        sockets.dropAll()
        for connection in parked.values { connection.close() }
        for pool in pools + retiredPools { pool.kill() }
    }

    func pool(of function: String) -> Pool? {
        pools.first { $0.mount.name == function }
    }

    func opened(_ connection: HTTPConnection) {
        connections[ObjectIdentifier(connection)] = connection
    }

    func closed(_ connection: HTTPConnection) {
        connections[ObjectIdentifier(connection)] = nil
        parked[ObjectIdentifier(connection)] = nil
    }

    /// Lets a connection look after itself.
    func park(_ connection: HTTPConnection) {
        closed(connection)
        parked[ObjectIdentifier(connection)] = connection
    }

    /// Looks after it again.
    func unpark(_ connection: HTTPConnection) {
        closed(connection)
        opened(connection)
    }

    /// Writes the line of a request, with a note at its end where there is one.
    func log(_ answer: Answer, for call: Call, note: String = "") {
        guard options.logsRequests else { return }
        console.write(line: accessLog.line(answer, for: call, note: note))
    }
}

extension Dispatcher {
    /// Makes a call of a head: finds who answers it.
    func call(
        _ head: HTTPRequestHead, on connection: HTTPConnection,
        completion: ((Call, Answer) -> Void)? = nil
    ) -> Call {
        let target = RequestTarget(head)
        let hasBody =
            head.headers.contains(name: "transfer-encoding")
            || head.headers[canonicalForm: "content-length"].contains { $0 != "0" }
        let call = makeCall(head, target, hasBody: hasBody, completion: completion)
        call.connection = connection
        call.remoteAddress = connection.remoteAddress
        call.localPort = connection.localPort
        guard let target else {
            call.isUnclear = true
            call.ready = Refusal.badRequest(RequestTarget.requirement).answer(in: nil)
            return call
        }
        // Workers finish what they have begun.
        if offer(call, toWorkersAt: target.path) { return call }
        if isStopping {
            call.ready = Refusal.stopping.answer(in: nil)
        } else if target.path == "*" {
            call.ready = Self.options(allow: "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT")
        } else {
            route(call, to: target)
        }
        return call
    }

    /// A call that stands for what could not be read.
    func unreadableCall(_ connection: HTTPConnection) -> Call {
        let head = HTTPRequestHead(version: .http1_1, method: .RAW(value: "-"), uri: "-")
        let call = makeCall(head, nil, hasBody: false)
        call.connection = connection
        return call
    }

    /// Why the body of a request will not be waited for.
    func earlyRefusal(of call: Call) -> Refusal? {
        let length = call.head.headers.first(name: "content-length").flatMap(Int.init) ?? 0
        return length > options.bodyLimit ? .tooLarge(limit: options.bodyLimit) : nil
    }

    func makeCall(
        _ head: HTTPRequestHead, _ target: RequestTarget?, hasBody: Bool, id: String? = nil,
        time: Int64? = nil, completion: ((Call, Answer) -> Void)? = nil
    ) -> Call {
        lastID += 1
        let taken = NIODeadline.now()
        return Call(
            id: id ?? idPrefix + String(lastID, radix: 36), head: head, target: target,
            hasBody: hasBody,
            time: time ?? clock.now, taken: taken, expiry: taken + options.deadline,
            completion: completion)
    }

    private func route(_ call: Call, to target: RequestTarget) {
        let method = call.method
        let destination = router.destination(
            method: method, host: target.host, path: target.path)
        if offer(call, to: target, isFree: destination.isFree) { return }
        switch destination {
        case .mount(let index, let prefixLength):
            call.pool = pools[index]
            call.prefixLength = prefixLength
            if router.mounts[index].isWebSocket { prepareWebSocket(call) }
        case .notFound(let app):
            call.ready = Refusal.notFound(target.path).answer(in: app.envelope)
        case .methodNotAllowed(let app, let allow):
            call.ready = Refusal.methodNotAllowed(target.path, method, allow: allow)
                .answer(in: app.envelope)
        case .options(let allow):
            call.ready = Self.options(allow: allow)
        case .redirect(let path):
            let query = target.query.isEmpty ? "" : "?" + target.query
            call.ready = Answer(status: 308)
            call.ready?.add("location", path + query)
        case .malformed:
            call.ready = Refusal.malformedPath.answer(in: nil)
        case .runner:
            call.ready = RunnerPages.answer(call, apps: router.apps)
        }
    }

    /// Asks the function of a WebSocket, where a client wants to speak it.
    private func prepareWebSocket(_ call: Call) {
        switch WebSocketHandshake.read(call) {
        case .none: break
        case .asked(let handshake):
            call.opening = WebSocketOpening(handshake, of: call, sockets: sockets)
        case .refused(let refusal): call.ready = refusal.answer(in: call.pool?.mount.envelope)
        }
    }

    private static func options(allow: String) -> Answer {
        var answer = Answer(status: 204)
        answer.add("allow", allow)
        return answer
    }
}
