import CSockets
import Glibc

/// Waits for whichever of its connections has something, and answers one request at a time.
///
/// A request is answered when it is whole, and its answer sent as it is taken; so a web server that
/// keeps its connections, or a client that is slow, holds up nobody. Several processes may share
/// the socket: a connection is accepted when all that is there is answered, one at a time, so the
/// one that has time takes it.
struct FastCGIServer<Handler: Invocable> {
    private let handler: Handler
    private let listener: Int32
    private let mask: sigset_t
    /// After so many seconds without a byte a request that is not over is given up.
    private let patience: Int
    private let clients: FastCGIClients
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    private var connections: [FastCGIConnection] = []
    private var ready: [pollfd] = []
    /// Seconds of the monotonic clock when it last stopped waiting.
    private var time = Self.seconds()
    /// Until then nobody is accepted, for want of descriptors.
    private var pausesUntil = 0

    /// - Parameters:
    ///   - handler: what answers.
    ///   - listener: a listening socket.
    ///   - mask: the signals that are blocked while it waits.
    ///   - patience: in seconds; longer than web servers have it.
    init(_ handler: Handler, listener: Int32, waiting mask: sigset_t, patience: Int = 120) {
        self.handler = handler
        self.listener = listener
        self.mask = mask
        self.patience = patience
        clients = FastCGIClients(of: listener)
        _ = fcntl(listener, F_SETFL, fcntl(listener, F_GETFL) | O_NONBLOCK)
    }

    /// Serves until it is to stop, and then to the end of the requests under way.
    mutating func run(until isStopping: () -> Bool) {
        while true {
            let isLast = isStopping()
            if isLast, connections.isEmpty { return buffer.deallocate() }
            wait(isLast: isLast)
            time = Self.seconds()
            advanceReady()
            if isLast {
                connections.removeAll(where: \.isIdle)
            } else if ready[0].revents != 0 {
                accept()
            }
        }
    }

    /// Waits for something to do, but no longer than a second while something is under way, which
    /// may stall; the first of `ready` is the listening socket.
    private mutating func wait(isLast: Bool) {
        var isAnyIdle = false
        var isAnyBusy = isLast
        ready.removeAll(keepingCapacity: true)
        ready.append(pollfd(fd: listener, events: Int16(POLLIN), revents: 0))
        for connection in connections {
            if connection.isIdle { isAnyIdle = true } else { isAnyBusy = true }
            ready.append(
                pollfd(fd: connection.descriptor, events: Int16(connection.events), revents: 0))
        }
        let isFull = connections.count >= FastCGI.connectionLimit && !isAnyIdle
        let isPausing = pausesUntil > time
        if isLast || isFull || isPausing { ready[0].fd = -1 }
        // The last time, those who only keep their connection are not waited for.
        var limit = timespec(tv_sec: isLast && isAnyIdle ? 0 : 1, tv_nsec: 0)
        let count = withUnsafePointer(to: &limit) { limit in
            let limit = isAnyBusy || isPausing ? limit : nil
            return withUnsafePointer(to: mask) { ppoll(&ready, UInt(ready.count), limit, $0) }
        }
        if count < 0 { for index in ready.indices { ready[index].revents = 0 } }
    }

    /// Goes on with every connection that has something, and gives up those that have stalled.
    private mutating func advanceReady() {
        for index in connections.indices.reversed() {
            let connection = connections[index]
            let isKept =
                ready[index + 1].revents == 0
                ? connection.isIdle || time - connection.moved < patience
                : advance(connection)
            if !isKept { connections.remove(at: index) }
        }
    }

    /// Takes one who knocks; what he wants is mostly there already.
    private mutating func accept() {
        if connections.count >= FastCGI.connectionLimit { closeLongestIdle() }
        let descriptor = accept4(
            listener, nil, nil, Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue))
        if descriptor >= 0 {
            let connection = FastCGIConnection(descriptor, at: time)
            if clients.welcome(descriptor), advance(connection) { connections.append(connection) }
        } else if [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(errno), !closeLongestIdle() {
            Log.requestID = ""
            Log.error("No connection can be accepted.", ["error": String(cString: strerror(errno))])
            pausesUntil = time + 1
        }
    }

    /// Makes room for another; whether somebody was idle.
    @discardableResult private mutating func closeLongestIdle() -> Bool {
        let idle = connections.indices.filter { connections[$0].isIdle }
        guard let index = idle.min(by: { connections[$0].moved < connections[$1].moved }) else {
            return false
        }
        connections.remove(at: index)
        return true
    }

    /// Whether the connection is to stay.
    private func advance(_ connection: FastCGIConnection) -> Bool {
        do {
            try connection.advance(buffer, at: time) { incoming, records in
                let response =
                    incoming.failure.map(Handler.render)
                    ?? Gateway.answer(incoming.request, of: incoming.length, with: handler)
                fflush(nil)
                FastCGIRecord.append(response, of: incoming.id, to: &records)
            }
            return true
        } catch {
            return false
        }
    }

    private static func seconds() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC_COARSE, &time)
        return time.tv_sec
    }
}
