internal import CHiredis
internal import Glibc

/// A connection to Redis, by hiredis, which blocks until an answer is there or time is up.
///
/// What a command takes is bound: each argument goes out with its length, and nothing is ever
/// formatted into a command, so a key can hold spaces, line ends and NUL.
///
/// A connection that is kept while nobody asks may be closed by the server (`timeout`, `CLIENT
/// KILL`, a restart). An idle one has nothing to say but that, so one with anything to read is not
/// used again (``isFresh``): a `poll`, no round trip.
package final class RedisConnection {
    private let context: UnsafeMutablePointer<redisContext>
    /// Whether it is of no more use.
    private(set) var isBroken = false

    /// Connects, signs in and chooses the database.
    ///
    /// - Parameters:
    ///   - address: where, and as whom.
    ///   - timeout: how long connecting may take, and then each command.
    /// - Throws: ``CacheError/unreachable(_:)`` where nobody serves there, and
    ///   ``CacheError/refused(command:code:message:)`` where somebody does and refuses.
    package init(_ address: RedisAddress, timeout: Duration) throws {
        let (seconds, attoseconds) = timeout.components
        let limit = timeval(
            tv_sec: Int(seconds), tv_usec: Int(attoseconds / 1_000_000_000_000))
        let opened =
            switch address.place {
            case .tcp(let host, let port): redisConnectWithTimeout(host, port, limit)
            case .socket(let path): redisConnectUnixWithTimeout(path, limit)
            }
        guard let opened else {
            throw CacheError.unreachable("there is no memory for a connection")
        }
        context = opened
        guard context.pointee.err == 0 else { throw CacheError.unreachable(problem) }
        redisSetTimeout(context, limit)
        try signIn(address)
    }

    deinit {
        redisFree(context)
    }

    private func signIn(_ address: RedisAddress) throws {
        do {
            if let password = address.password {
                try run("AUTH", [address.user, password].compactMap(\.self).map { Array($0.utf8) })
            }
            if address.database != 0 {
                try run("SELECT", [Array(String(address.database).utf8)])
            }
            // Whoever may do nothing is told so now, and a server that still reads its file says
            // so, which to AUTH and SELECT it does not.
            try ping()
        } catch CacheError.refused(_, "LOADING", let message) {
            throw CacheError.unreachable(message)
        } catch CacheError.refused(_, "ERR", let message) where message.hasPrefix("max number of") {
            throw CacheError.unreachable(message)
        } catch CacheError.lost(_, let problem) {
            throw CacheError.unreachable(problem)
        }
    }

    /// Whether it can be used after having been idle.
    var isFresh: Bool {
        var descriptor = pollfd(fd: context.pointee.fd, events: Int16(POLLIN), revents: 0)
        return !isBroken && poll(&descriptor, 1, 0) == 0
    }

    /// Asks for a sign of life.
    package func ping() throws {
        try run("PING")
    }

    /// Sends a command, and waits for the answer.
    ///
    /// - Throws: ``CacheError/refused(command:code:message:)`` for an answer that is an error, and
    ///   ``CacheError/lost(command:_:)`` where none comes.
    @discardableResult
    package func run(_ command: String, _ arguments: [[UInt8]] = []) throws -> RedisReply {
        guard !isBroken, let pointer = send([Array(command.utf8)] + arguments) else {
            isBroken = true
            throw CacheError.lost(command: command, problem)
        }
        defer { freeReplyObject(pointer) }
        let reply = RedisReply(pointer.assumingMemoryBound(to: redisReply.self).pointee)
        guard case .error(let words) = reply else { return reply }
        throw CacheError.refused(command, words)
    }

    /// hiredis takes pointers and lengths; all point into one buffer.
    private func send(_ words: [[UInt8]]) -> UnsafeMutableRawPointer? {
        var buffer: [UInt8] = []
        buffer.reserveCapacity(words.reduce(1) { $0 + $1.count })
        var starts: [Int] = []
        for word in words {
            starts.append(buffer.count)
            buffer += word
        }
        // An empty array has no address, and its length of 0 still wants one.
        buffer.append(0)
        return buffer.withUnsafeBytes { bytes in
            let characters = bytes.bindMemory(to: CChar.self)
            var pointers = starts.map { start in characters.baseAddress.map { $0 + start } }
            return redisCommandArgv(context, Int32(words.count), &pointers, words.map(\.count))
        }
    }

    private var problem: String {
        switch context.pointee.err {
        case 0: return "an earlier command had broken it"
        case REDIS_ERR_IO where errno == EAGAIN || errno == ETIMEDOUT: return CacheError.timeIsUp
        default: break
        }
        return withUnsafeBytes(of: context.pointee.errstr) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}
