import Glibc
import Logging
import NIOCore

/// The workers of one function, and the requests that wait for them.
///
/// There is no worker until the first request. One more is started when a request finds none idle,
/// up to a bound; beyond it requests wait in order, and when too many wait they are refused. The
/// worker that was idle the shortest gets the next request, so that under little load the others
/// grow old and are sent home.
///
/// Where the executable has been built anew, the next request goes to a worker of the new build, and
/// those of the old one leave when they have answered. A linker that is still at work makes the
/// start fail (ETXTBSY); until it is done the old workers stay, or, if there is none, requests wait.
final class Pool {
    let mount: Mount
    let dispatcher: Dispatcher
    private var idle: [any Worker] = []
    private var workers: [ObjectIdentifier: any Worker] = [:]
    private var queue = CircularBuffer<Call>()
    private var isRetired = false
    /// The build that new requests go to, and workers of those before it.
    private var version: ExecutableVersion?
    private var outdated: Set<ObjectIdentifier> = []
    private var nextLook = NIODeadline.distantPast

    /// How often a busy pool looks whether it has been built anew; an idle one looks at each request.
    private static let lookInterval = TimeAmount.milliseconds(20)

    init(mount: Mount, dispatcher: Dispatcher) {
        self.mount = mount
        self.dispatcher = dispatcher
    }

    /// Whether nothing is under way and no process is left.
    var isEmpty: Bool { workers.isEmpty && queue.isEmpty }

    /// Whether the next request would be taken.
    var hasRoom: Bool { queue.count < dispatcher.options.queueLimit }

    /// Answers a request, now or when a worker is free.
    func submit(_ call: Call) {
        if call.taken >= nextLook { renew(at: call.taken) }
        if let worker = idle.popLast() {
            worker.send(call)
        } else if queue.isEmpty, workers.count < dispatcher.options.workersPerFunction {
            startWorker(for: call)
        } else if queue.count < dispatcher.options.queueLimit {
            queue.append(call)
        } else {
            refuse(call, .overloaded(mount.name))
        }
    }

    /// Takes a request back whose client is gone.
    ///
    /// One that a worker has is finished: the function
    /// may have changed something already, and the worker cannot be told.
    func cancel(_ call: Call) {
        queue.removeAll { $0 === call }
    }

    /// Whether a request waits behind others, because every worker is at work.
    func isWaitingForOthers(_ call: Call) -> Bool {
        queue.contains { $0 === call }
    }

    /// A worker has answered and can take the next request.
    func isFree(_ worker: any Worker) {
        if outdated.contains(ObjectIdentifier(worker)) {
            worker.retire()
        } else if let next = queue.popFirst() {
            worker.send(next)
        } else if isRetired {
            worker.retire()
        } else {
            idle.append(worker)
        }
    }

    /// A worker takes no more requests, though its process may still be ending.
    func isLeaving(_ worker: any Worker) {
        idle.removeAll { $0 === worker }
    }

    /// A worker's process has ended.
    func hasEnded(_ worker: any Worker) {
        isLeaving(worker)
        workers[ObjectIdentifier(worker)] = nil
        outdated.remove(ObjectIdentifier(worker))
        if let next = queue.popFirst() { startWorker(for: next) }
    }

    /// Goes over to a new build of the executable, if there is one and it can be started.
    private func renew(at now: NIODeadline) {
        nextLook = now + Self.lookInterval
        guard !workers.isEmpty,
            let found = ExecutableVersion(of: mount.executable), found != version,
            let worker = try? makeLastingWorker()
        else { return }
        dispatcher.logger.info("\(mount.name) has been built anew.")
        version = found
        outdated.formUnion(workers.keys)
        workers[ObjectIdentifier(worker)] = worker
        let leaving = idle
        idle = [worker]
        for worker in leaving { worker.retire() }
    }

    private func startWorker(for call: Call) {
        if workers.isEmpty { version = ExecutableVersion(of: mount.executable) }
        do {
            let worker = try makeLastingWorker() ?? CGIWorker(pool: self, call: call)
            workers[ObjectIdentifier(worker)] = worker
            worker.send(call)
        } catch let error as SystemCallError where error.code == ETXTBSY {
            queue.prepend(call)
        } catch {
            dispatcher.logger.error("\(mount.name) cannot be started. \(error)")
            refuse(call, .failed("\(mount.name) cannot be started; the runner's log says why."))
            // What waits would wait for ever, were there no worker left to take it.
            if workers.isEmpty, let next = queue.popFirst() { startWorker(for: next) }
        }
    }

    /// A worker for many requests; nil where each has a process of its own.
    private func makeLastingWorker() throws -> (any Worker)? {
        switch dispatcher.options.workerKind {
        case .warm: try WarmWorker(pool: self)
        case .lambda: try LambdaWorker(pool: self)
        case .cgi: nil
        }
    }

    func sweep(now: NIODeadline) {
        // All have the same deadline, so those that came first are late first.
        while let first = queue.first, first.expiry <= now {
            queue.removeFirst()
            refuseLate(first)
        }
        for worker in workers.values { worker.sweep(now: now) }
        if workers.isEmpty, let next = queue.popFirst() { startWorker(for: next) }
    }

    /// Sends idle workers home, and the others when they have answered.
    func retire() {
        isRetired = true
        let leaving = idle
        idle = []
        for worker in leaving { worker.retire() }
    }

    func kill() {
        for worker in workers.values { worker.kill() }
    }
}
