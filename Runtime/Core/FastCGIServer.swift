import CSockets
import Glibc

/// Waits for whichever of its connections has something, and answers one request at a time.
///
/// A request is answered when it is whole, and its answer sent as it is taken; so a web server that
/// keeps its connections, or a client that is slow, holds up nobody. Several processes may share
/// the socket: a connection is accepted when all that is there is answered, one at a time, so the
/// one that has time takes it; and of those that have time one is woken.
struct FastCGIServer<Handler: Invocable> {
    private let handler: Handler
    private let listener: Int32
    private let termination: Int32
    /// After so many seconds without a byte a request that is not over is given up.
    private let patience: Int
    private let clients: FastCGIClients
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    /// All connections, the listening socket, and what tells it to stop.
    private let readiness = Readiness(limit: FastCGI.connectionLimit + 2)
    private var connections: [Int32: FastCGIConnection] = [:]
    private var isListening = false
    private var isStopping = false
    /// Seconds of the monotonic clock when it last stopped waiting.
    private var time = Self.seconds()
    /// Until then nobody is accepted, for want of descriptors.
    private var pausesUntil = 0

    /// - Parameters:
    ///   - handler: what answers.
    ///   - listener: a listening socket.
    ///   - termination: a descriptor that has something to be read when it is to stop.
    ///   - patience: in seconds; longer than web servers have it.
    init(
        _ handler: Handler, listener: Int32, until termination: Int32, patience: Int = 120
    ) {
        self.handler = handler
        self.listener = listener
        self.termination = termination
        self.patience = patience
        clients = FastCGIClients(of: listener)
        _ = fcntl(listener, F_SETFL, fcntl(listener, F_GETFL) | O_NONBLOCK)
    }

    /// Serves until it is to stop, and then to the end of the requests under way.
    ///
    /// - Throws: ``Readiness/Unavailable`` where it cannot wait for who knocks.
    mutating func run() throws(Readiness.Unavailable) {
        defer {
            readiness.deallocate()
            buffer.deallocate()
        }
        try readiness.add(termination, for: .input)
        while !isStopping || !connections.isEmpty {
            try listen()
            let isLast = isStopping
            let isKnocking = advanceReady()
            if isKnocking { accept() }
            if isLast { connections = connections.filter { !$0.value.isIdle } }
        }
    }

    /// Waits at the listening socket, or no longer, as there is room for who knocks.
    private mutating func listen() throws(Readiness.Unavailable) {
        let isFull =
            connections.count >= FastCGI.connectionLimit
            && connections.values.allSatisfy { !$0.isIdle }
        let listens = !isStopping && !isFull && pausesUntil <= time
        guard listens != isListening else { return }
        if listens {
            try readiness.add(listener, for: .connection)
        } else {
            readiness.remove(listener)
        }
        isListening = listens
    }

    /// Waits for something to do, and goes on with every connection that has something.
    ///
    /// - Returns: whether somebody knocks.
    private mutating func advanceReady() -> Bool {
        var isKnocking = false
        let ready = readiness.wait(limit: limit)
        let last = time
        time = Self.seconds()
        for descriptor in ready {
            if let connection = connections[descriptor] {
                if !goOn(with: connection) { connections[descriptor] = nil }
            } else if descriptor == listener {
                isKnocking = true
            } else {
                isStopping = true
                readiness.remove(descriptor)
            }
        }
        if time != last {
            connections = connections.filter { $0.value.isIdle || time - $0.value.moved < patience }
        }
        return isKnocking
    }

    /// How long it waits, in milliseconds.
    ///
    /// No longer than a second while something is under way, which may stall. The last time, those
    /// who only keep their connection are not waited for.
    private var limit: Int32 {
        if isStopping, connections.values.contains(where: \.isIdle) { return 0 }
        let isAnyBusy = connections.values.contains { !$0.isIdle }
        return isAnyBusy || pausesUntil > time ? 1000 : -1
    }

    /// Takes one who knocks; what he wants is mostly there already.
    private mutating func accept() {
        if connections.count >= FastCGI.connectionLimit { closeLongestIdle() }
        let descriptor = accept4(
            listener, nil, nil, Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue))
        if descriptor >= 0 {
            let connection = FastCGIConnection(descriptor, at: time)
            if clients.welcome(descriptor), goOn(with: connection) {
                connections[descriptor] = connection
            }
        } else if [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(errno), !closeLongestIdle() {
            Log.requestID = ""
            Log.error("No connection can be accepted.", ["error": String(cString: strerror(errno))])
            pausesUntil = time + 1
        }
    }

    /// Makes room for another; whether somebody was idle.
    @discardableResult private mutating func closeLongestIdle() -> Bool {
        let idle = connections.values.filter(\.isIdle)
        guard let longest = idle.min(by: { $0.moved < $1.moved }) else { return false }
        connections[longest.descriptor] = nil
        return true
    }

    /// Whether the connection is to stay.
    private func goOn(with connection: FastCGIConnection) -> Bool {
        do {
            try connection.advance(buffer, at: time) { incoming, records in
                let response =
                    incoming.failure.map(Handler.render)
                    ?? Gateway.answer(incoming.request, of: incoming.length, with: handler)
                fflush(nil)
                FastCGIRecord.append(response, of: incoming.id, to: &records)
            }
            try connection.wait(in: readiness)
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
